"""NumPy, with whatever BLAS it was linked with, on one thread: requests and answers as in answer.js, a JSON line each.

Operations write into arrays made beforehand (out=), where they can. `numpy_peer.py first` measures the time from import to the
first result instead.
"""

import base64
import gc
import itertools
import json
import sys
import time

begin = time.perf_counter()

import numpy as np

LEARNING_RATE = np.float32(0.1)


def draw(wanted):
    """The same numbers as draw.js gives."""
    n = int(np.prod(wanted["shape"]))
    state = np.uint32(wanted["seed"]) + np.arange(1, n + 1, dtype=np.uint32) * np.uint32(0x6D2B79F5)
    z = (state ^ (state >> 15)) * (state | np.uint32(1))
    z ^= z + (z ^ (z >> 7)) * (z | np.uint32(61))
    z ^= z >> 14
    return (wanted["scale"] * (z / 2.0**31 - 1)).astype(np.float32).reshape(wanted["shape"])


def sigmoid(x, y):
    """1 / (1 + exp(-x)) into y."""
    np.negative(x, out=y)
    np.exp(y, out=y)
    np.add(y, 1, out=y)
    np.reciprocal(y, out=y)


def affine_forward(x, W, b, dout):
    y = np.empty_like(dout)

    def run():
        np.matmul(x, W, out=y)
        np.add(y, b, out=y)

    return run, {"y": y}


def affine_sigmoid_forward(x, W, b, dout):
    affine, result = affine_forward(x, W, b, dout)
    y = result["y"]

    def run():
        affine()
        sigmoid(y, y)

    return run, result


def affine_backward(x, W, b, dout):
    dx, dW, db = np.empty_like(x), np.empty_like(W), np.empty_like(b)

    def run():
        np.matmul(dout, W.T, out=dx)
        np.matmul(x.T, dout, out=dW)
        np.sum(dout, axis=0, out=db)

    return run, {"dx": dx, "dW": dW, "db": db}


def sigmoid_forward(x, dout):
    y = np.empty_like(x)
    return lambda: sigmoid(x, y), {"y": y}


def sigmoid_backward(x, dout):
    y, dx = np.empty_like(x), np.empty_like(x)
    sigmoid(x, y)

    def run():
        np.subtract(1, y, out=dx)
        np.multiply(dx, y, out=dx)
        np.multiply(dx, dout, out=dx)

    return run, {"dx": dx}


def train_step(x, W0, b0, W1, b1):
    rows, classes = len(x), len(b1)
    samples, labels = np.arange(rows), np.arange(rows) % classes
    a, z = np.empty((rows, len(b0)), np.float32), np.empty((rows, classes), np.float32)
    da, slope = np.empty_like(a), np.empty_like(a)
    parameters = [W0, b0, W1, b1]
    gradients = dW0, db0, dW1, db1 = [np.empty_like(parameter) for parameter in parameters]

    def run():
        np.matmul(x, W0, out=a)
        np.add(a, b0, out=a)
        sigmoid(a, a)
        np.matmul(a, W1, out=z)
        np.add(z, b1, out=z)

        z_of_label = z[samples, labels]
        highest = z.max(axis=1, keepdims=True)
        np.subtract(z, highest, out=z)
        np.exp(z, out=z)
        total = z.sum(axis=1, keepdims=True)
        loss = (np.log(total) + highest).mean() - z_of_label.mean()
        np.divide(z, total, out=z)
        z[samples, labels] -= 1
        np.divide(z, rows, out=z)

        np.matmul(a.T, z, out=dW1)
        np.sum(z, axis=0, out=db1)
        np.matmul(z, W1.T, out=da)
        np.subtract(1, a, out=slope)
        np.multiply(slope, a, out=slope)
        np.multiply(da, slope, out=da)
        np.matmul(x.T, da, out=dW0)
        np.sum(da, axis=0, out=db0)
        for parameter, gradient in zip(parameters, gradients):
            np.multiply(gradient, LEARNING_RATE, out=gradient)
            np.subtract(parameter, gradient, out=parameter)
        return loss

    return run, {"W0": W0, "b0": b0, "W1": W1, "b1": b1}


TASKS = {
    "affineForward": affine_forward,
    "affineSigmoidForward": affine_sigmoid_forward,
    "affineBackward": affine_backward,
    "sigmoidForward": sigmoid_forward,
    "sigmoidBackward": sigmoid_backward,
    "trainStep": train_step,
}


def prepare(row):
    run, result = TASKS[row["kind"]](**{name: draw(wanted) for name, wanted in row["inputs"].items()})
    for _ in range(row["runs"] or 1):
        run()
    return run, {name: base64.b64encode(numbers.tobytes()).decode() for name, numbers in result.items()}


def measure(run, calls):
    begin = time.perf_counter()
    for _ in itertools.repeat(None, calls):
        run()
    return 1000 * (time.perf_counter() - begin)


def blas():
    """The BLAS that NumPy uses, and the kernels that it chose for this processor."""
    import ctypes

    try:
        libraries = {line.split()[-1] for line in open("/proc/self/maps") if "openblas" in line}
        library = ctypes.CDLL(libraries.pop())
        library.openblas_get_config.restype = library.openblas_get_corename.restype = ctypes.c_char_p
        name = " ".join(library.openblas_get_config().decode().split()[:2])
        return f"{name}, {library.openblas_get_corename().decode()} kernels"
    except (OSError, KeyError, AttributeError):
        return "a BLAS that is no OpenBLAS of Debian"


def main():
    gc.disable()
    run = None
    print(json.dumps({"version": f"{np.__version__} with {blas()}"}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        if "prepare" in request:
            run, result = prepare(request["prepare"])
            answer = {"result": result}
        else:
            answer = {"milliseconds": measure(run, request["calls"])}
        print(json.dumps(answer), flush=True)


if sys.argv[1:] == ["first"]:
    x, W, b = np.ones((4, 2), np.float32), np.ones((2, 3), np.float32), np.ones(3, np.float32)
    float((1 / (1 + np.exp(-(x @ W + b))))[0, 0])
    print(1000 * (time.perf_counter() - begin))
else:
    main()
