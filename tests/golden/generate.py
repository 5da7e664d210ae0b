#!/usr/bin/python3
"""Writes kernels.json and print.json: what NumPy computes and how it prints. Run with NumPy 1.24, as Debian 12 has it.

Inputs are float32. Results are computed in float64 and rounded to float32 once. Numbers are the shortest decimals that read
back to the same float32; "NaN", "Infinity", "-Infinity" and "-0" are strings.
"""

import json
import pathlib

import numpy as np

from decimals import decimal

HERE = pathlib.Path(__file__).parent
rng = np.random.default_rng(20240229)


def f32(values):
    return np.asarray(values, dtype=np.float32)


def numbers(values):
    return "[" + ",".join(decimal(value) for value in f32(values).ravel()) + "]"


def named(tensors):
    return "{" + ",".join(f"{json.dumps(name)}:{numbers(values)}" for name, values in tensors.items()) + "}"


def write(name, lines):
    (HERE / name).write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")


# ---- kernels.json: a list of {kernel, sizes, inputs, outputs} -------------------------------------------------------------

kernels = []


def case(kernel, sizes, inputs, outputs):
    kernels.append(
        f'{{"kernel":"{kernel}","sizes":{json.dumps(sizes)},"inputs":{named(inputs)},"outputs":{named(outputs)}}}'
    )


def normal(*shape, scale=1):
    return f32(rng.normal(scale=scale, size=shape))


def wide(values):
    return values.astype(np.float64)


# Less than a tile, tiles, what is left over, and sums longer than the 128 that affine_backward packs at a time.
AFFINE = [(1, 2, 3), (2, 2, 3), (3, 1, 1), (1, 4, 8), (4, 8, 8), (5, 7, 9), (6, 13, 11), (9, 3, 17), (3, 17, 5), (7, 5, 4)]
AFFINE += [(2, 5, 129), (3, 6, 131), (2, 130, 3), (130, 2, 3), (0, 3, 2)]

for rows, inputs, outputs in AFFINE:
    sizes = {"rows": rows, "in": inputs, "out": outputs}
    x, w, b = normal(rows, inputs), normal(inputs, outputs, scale=0.5), normal(outputs)
    dout = normal(rows, outputs)
    case("affine_forward", sizes, {"x": x, "w": w, "b": b}, {"y": wide(x) @ wide(w) + wide(b)})
    case(
        "affine_backward",
        sizes,
        {"dout": dout, "x": x, "w": w},
        {"dx": wide(dout) @ wide(w).T, "dw": wide(x).T @ wide(dout), "db": wide(dout).sum(axis=0)},
    )

for rows, inputs, outputs in [(1, 3, 2), (5, 6, 9)]:
    x, w = normal(rows, inputs), normal(inputs, outputs)
    case("affine_forward without b", {"rows": rows, "in": inputs, "out": outputs}, {"x": x, "w": w}, {"y": wide(x) @ wide(w)})

for rows, outputs in [(1, 1), (2, 3), (5, 4), (7, 9), (33, 6), (4, 19)]:
    sizes = {"rows": rows, "out": outputs}
    x, b, dout = normal(rows, outputs), normal(outputs), normal(rows, outputs)
    case("bias_forward", sizes, {"x": x, "b": b}, {"y": wide(x) + wide(b)})
    case("bias_backward", sizes, {"dout": dout}, {"dx": dout, "db": wide(dout).sum(axis=0)})

EDGES = [0, -0.0, 1, -1, np.inf, -np.inf, np.nan, 1e-45, -1e-45, 1e-38, 16.6, 17.4, -17.4]
EDGES += [87.3, -87.3, 88.7, 88.8, -88.7, -88.8]
x = np.concatenate([f32(EDGES), normal(60), normal(60, scale=8), f32(np.linspace(-110, 110, 89))])
dout = np.concatenate([normal(len(x) - 2), f32([0, -0.0])])
size = {"n": len(x)}

with np.errstate(all="ignore"):
    y = f32(1 / (1 + np.exp(-wide(x))))
    case("sigmoid_forward", size, {"x": x}, {"y": y})
    case("sigmoid_backward", size, {"dout": dout, "y": y}, {"dx": wide(dout) * wide(y) * (1 - wide(y))})

    e = f32(np.exp(wide(x)))
    case("exp_forward", size, {"x": x}, {"y": e})
    case("exp_backward", size, {"dout": dout, "y": e}, {"dx": wide(dout) * wide(e)})

    r = f32(1 / wide(x))
    case("reciprocal_forward", size, {"x": x}, {"y": r})
    moderate = np.abs(x) > 1e-3  # y² of the others overflows on the way to a result that would not
    x, r, dout = x[moderate], r[moderate], dout[moderate]
    size = {"n": len(x)}
    case("reciprocal_backward", size, {"dout": dout, "y": r}, {"dx": wide(dout) * -(wide(r) ** 2)})

    for c in f32([-1, 0.1]):
        case("multiply_forward", size, {"x": x, "c": c}, {"y": wide(x) * wide(c)})
        case("multiply_backward", size, {"dout": dout, "c": c}, {"dx": wide(dout) * wide(c)})
        case("add_forward", size, {"x": x, "c": c}, {"y": wide(x) + wide(c)})
        case("add_backward", size, {"dout": dout, "c": c}, {"dx": dout})

write("kernels.json", kernels)

# ---- print.json: a list of {data, shape, text} ----------------------------------------------------------------------------

# 1e-4 is left out: NumPy 1 compares it to the limit of exponential notation in float64, NumPy 2 in float32.

grid = np.arange(12).reshape(3, 4)
hidden = np.tile([0, 1, 2, 3], 300)  # what is left out must not change the format of what is shown
hidden[600] = 10**9

printed = [
    # One number.
    [0], [-0.0], [1], [-1], [0.5], [-0.1], [1 / 3], [123.456], [1e7], [16777216], [99999992], [1e8], [-1e10], [0.00011], [1e-5],
    [1e-45], [3.4028235e38], [np.nan], [np.inf], [-np.inf], [[7]], [[-0.25]],
    # Several: one format for all.
    [1, 2, 3], [-1, 2, -3], [0, -0.0, 0], [0.1, 0.2, 0.3], [1.5, 2.25, -3.125], [1, 10, 100], [0.001, 1], [0.001, 1.1],
    [1, 1000], [1, 1001], [1e-3, 1e3], [123456.789, 1], [1e8, 1], [1e-5, 1], [1e20, -1e-20], [1.5e10, 1, 0], [0, 1e-7],
    [2**24 + 2, 3], [0.1 + 0.2, 1 / 3, 2 / 3, np.pi, np.e], [0.99999994, 1.0000001], [1e-40, 1e-45],
    # Whole numbers have all their digits, though fewer would read back. Halfway, the last digit is rounded to even.
    [67108872, 67108880], [19970008, 55972792, -80434048], [22.0703125], [2795369.25], [0.001953125], [0.005859375],
    [0.096832275], [-0.103648245, 1], [587510.125, 0.0012345678],
    # NaN and infinities among others.
    [np.nan, 1, np.inf], [np.nan, -np.inf], [np.nan, 0.25, -np.inf, -2], [np.nan, 1e10], [-np.inf, 1e-8, 1],
    [[np.nan, 1], [np.inf, -1]],
    # Matrices.
    [[1, 2], [3, 4]], [[1.5, -2], [1000000, 3]], [[0.1, 20], [-300, 4]], [[1e-6, 1], [1, 1e6]], np.zeros((3, 3)), grid, -grid,
    grid / 10, grid * 1e-6, [[1], [-2], [3.5]], [[-0.0, 0]],
    # Rows that just fit 75 columns, and that don't.
    np.ones(24), np.ones(25), np.ones(26), np.full(15, 0.25), np.full(5, -1.2345678e-10), np.ones((2, 24)), np.ones((2, 25)),
    np.full((2, 12), 100.5), np.full((2, 13), 100.5), np.full((2, 9), 0.12345), np.full((2, 8), 0.123456),
    np.full((2, 6), -1.23456e-7), np.full((2, 7), -1.23456e-7),
    # Rows that wrap.
    np.arange(30), np.arange(-20, 20), np.linspace(0, 1, 21), normal(17), normal(4, 10), normal(2, 20),
    normal(3, 7, scale=1e-6), np.logspace(-9, 9, 19), [*range(30), np.nan],
    # As many as are printed whole, and more: three at each end.
    np.arange(1000), np.arange(1001), np.zeros((1, 1001)), np.zeros((1001, 1)), np.arange(1002).reshape(2, 501),
    np.arange(1002).reshape(501, 2), np.arange(1020).reshape(34, 30) - 500, np.arange(1050).reshape(6, 175),
    np.arange(1050).reshape(7, 150), np.arange(1050).reshape(175, 6), np.arange(1050).reshape(150, 7), hidden,
    hidden.reshape(30, 40), np.arange(1200).reshape(30, 40) / 8e9, np.full((7, 150), -1.234567e-10),
    # None.
    np.zeros(0), np.zeros((0, 3)), np.zeros((3, 0)),
]  # fmt: skip

write(
    "print.json",
    [
        f'{{"data":{numbers(array)},"shape":{json.dumps(array.shape)},"text":{json.dumps(str(array))}}}'
        for array in map(f32, printed)
    ],
)
