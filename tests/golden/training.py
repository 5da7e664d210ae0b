#!/usr/bin/python3
"""Writes training.json: losses, and how small networks learn, as PyTorch computes it in float64. Run with PyTorch 1.13, as
Debian 12 has it (python3-torch).

Inputs are float32, results have ten digits. Strings stand for numbers that JSON lacks. Prints how near PyTorch itself comes to
these numbers when it computes in float32.
"""

import json
import pathlib

import numpy as np
import torch

from decimals import decimal

HERE = pathlib.Path(__file__).parent
LOSSES = {"softmaxCrossEntropy": torch.nn.functional.cross_entropy, "meanSquaredError": torch.nn.functional.mse_loss}
torch.set_num_threads(1)  # one order of summation


def text(value):
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list) or np.ndim(value) > 0:
        return "[" + ",".join(map(text, value)) + "]"
    return decimal(value) if isinstance(value, np.floating) else json.dumps(value, default=int)


def lines(cases):
    return "[\n" + ",\n".join(map(text, cases)) + "\n]"


def f32(values):
    return np.asarray(values, dtype=np.float32)


def hundredths(values):
    return f32(np.round(values, 2))  # short in the file, and still of all 24 bits


# ---- networks: name → {activation, loss, parameters, x, t}: Affine(3 → 5), activation, Affine(5 → 4 or 2) -----------------

BATCHES, SAMPLES = 10, 7


def network(seed, activation, loss, outputs, targets):
    rng = np.random.default_rng(seed)

    def weights(*shape):
        return hundredths(rng.choice([-1, 1], size=shape) * rng.uniform(0.2, 0.9, size=shape))

    parameters = {"0.W": weights(3, 5), "0.b": weights(5), "2.W": weights(5, outputs), "2.b": weights(outputs)}
    x = hundredths(rng.normal(size=(BATCHES, SAMPLES, 3)))
    scores = x @ rng.normal(size=(3, outputs)) + rng.normal(scale=0.5, size=(BATCHES, SAMPLES, outputs))
    return {"activation": activation, "loss": loss, "parameters": parameters, "x": x, "t": targets(scores)}


# A relative error of float32 says little where a parameter passes near 0, nor is one to be expected where the input of a relu
# does. These seeds keep both away from 0; of some thousands, they are among those where float32 comes nearest.
networks = {
    "classifier": network(402, "sigmoid", "softmaxCrossEntropy", 4, lambda scores: scores.argmax(axis=-1)),
    "regression": network(3337, "relu", "meanSquaredError", 2, lambda scores: hundredths(np.tanh(scores))),
}

# ---- trajectories: a list of {network, optimizer, options, steps, state} --------------------------------------------------

RECORDED = [1, 10, 100]

# With PyTorch's defaults, and with an eps so large that its place in the formula shows.
optimizers = [
    ("sgd", {"lr": 0.1}),
    ("momentum", {"lr": 0.02, "momentum": 0.9}),
    ("adagrad", {"lr": 0.1, "eps": 1e-10}),
    ("adagrad", {"lr": 0.1, "eps": 0.02}),
    ("adam", {"lr": 0.01, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}),
    ("adam", {"lr": 0.02, "beta1": 0.8, "beta2": 0.99, "eps": 0.01}),
]


def optimizer_of(parameters, name, options):
    if name == "adam":
        return torch.optim.Adam(parameters, options["lr"], (options["beta1"], options["beta2"]), options["eps"])
    return (torch.optim.Adagrad if name == "adagrad" else torch.optim.SGD)(parameters, **options)


def trajectory(name, optimizer, options, dtype):
    """Step s takes batch s mod 10. Records the loss before a step and the parameters after it, and the state at the end."""
    given = networks[name]
    parameters = {key: torch.tensor(value, dtype=dtype, requires_grad=True) for key, value in given["parameters"].items()}
    x = torch.tensor(given["x"], dtype=dtype)
    t = torch.tensor(given["t"])
    stepper = optimizer_of(parameters.values(), optimizer, options)
    steps = []
    for step in range(1, RECORDED[-1] + 1):
        hidden = x[step % BATCHES] @ parameters["0.W"] + parameters["0.b"]
        assert hidden.abs().min() > 1e-4, f"{name}, {optimizer}, step {step}: too near to the kink of relu"
        scores = getattr(torch, given["activation"])(hidden) @ parameters["2.W"] + parameters["2.b"]
        batch = t[step % BATCHES]
        loss = LOSSES[given["loss"]](scores, batch.to(dtype) if batch.is_floating_point() else batch)
        stepper.zero_grad()
        loss.backward()
        stepper.step()
        if step in RECORDED:
            after = {key: value.detach().numpy().copy() for key, value in parameters.items()}
            steps.append({"step": step, "loss": loss.detach().numpy()[()], "parameters": after})
    state = {
        key: {part: value.numpy() for part, value in stepper.state[parameter].items() if part != "step" and value is not None}
        for key, parameter in parameters.items()
    }
    return {"network": name, "optimizer": optimizer, "options": options, "steps": steps, "state": state}


def worst(exact, rounded, scale):
    return max(np.max(abs(a - b) / scale(abs(a))) for a, b in zip(exact, rounded))


def report(exact, rounded):
    def tensors(at):
        return [[value for step in run["steps"] for value in at(step)] for run in (exact, rounded)]

    def states(run):
        return [value for parts in run["state"].values() for value in parts.values()]

    smallest = min(np.min(abs(value)) for value in tensors(lambda step: step["parameters"].values())[0])
    assert smallest > 0.04, f"{exact['network']}, {exact['optimizer']}: a parameter of {smallest}"
    first, *_, last = (step["loss"] for step in exact["steps"])
    print(f"{exact['network']}, {exact['optimizer']} {exact['options']}: loss {first:.3f} → {last:.3f}")
    print("float32 is off by, at most,")
    print(f"  of a loss {worst(*tensors(lambda step: [step['loss']]), np.asarray):.1e}")
    print(f"  of a parameter {worst(*tensors(lambda step: step['parameters'].values()), np.asarray):.1e}")
    if states(exact):
        each, largest = (worst(states(exact), states(rounded), scale) for scale in (np.asarray, np.max))
        print(f"  of an element of the state {each:.1e}, of the largest of its tensor {largest:.1e}")


trajectories = []
for name in networks:
    for optimizer, options in optimizers:
        trajectories.append(trajectory(name, optimizer, options, torch.float64))
        report(trajectories[-1], trajectory(name, optimizer, options, torch.float32))

# ---- losses: a list of {name, loss, x, t, value, gradient, probabilities} -------------------------------------------------

cases = []
rng = np.random.default_rng(20240229)
inf, nan = np.inf, np.nan


def normal(*shape, scale=1):
    return f32(rng.normal(scale=scale, size=shape))


def case(name, loss, x, t):
    """t is a class index, a list of them, or numbers as x has them."""
    x, t = f32(x), np.asarray(t)
    indices = loss == "softmaxCrossEntropy" and t.dtype.kind == "i"
    t = t if indices else f32(t)
    inputs = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    value = LOSSES[loss](inputs, torch.tensor(t, dtype=torch.int64 if indices else torch.float64))
    value.backward()
    found = {"value": value.detach().numpy()[()], "gradient": inputs.grad.numpy()}
    if loss == "softmaxCrossEntropy":
        found["probabilities"] = torch.softmax(inputs.detach(), dim=-1).numpy()
    cases.append({"name": name, "loss": loss, "x": x, "t": t, **found})


def softmax(name, x, t):
    case(name, "softmaxCrossEntropy", x, t)


def square(name, x, t):
    case(name, "meanSquaredError", x, t)


x = normal(7, 4, scale=2)
softmax("indices", x, [0, 1, 2, 3, 0, 3, 1])
softmax("one-hot rows, the same", x, np.eye(4)[[0, 1, 2, 3, 0, 3, 1]])
softmax("rows of probabilities", x, rng.dirichlet(np.ones(4), size=7))
softmax("rows that don't add up to 1", x[:2], [[0.5, 0.5, 1, 0], [0, 0.25, 0, 0.5]])
softmax("more classes than samples", normal(3, 21, scale=3), [20, 0, 7])
softmax("one of a batch", x[:1], [2])
softmax("one sample, an index", x[0], 2)
softmax("one sample, probabilities", x[0], [0.5, 0.25, 0.125, 0.125])
softmax("equal scores", np.full((3, 5), 2.5), [0, 2, 4])
softmax("one class", [[3], [-1e4], [0]], [0, 0, 0])
softmax("a probability that 1 - p can't show", [[30, 0], [0, 30]], [1, 0])
softmax("a probability that float32 can't show", [[1000, 0], [0, 1000]], [1, 1])
softmax("scores of 1e4, the highest and the lowest", [[1e4, -1e4, 0], [-1e4, 1e4, 9999]], [0, 0])
softmax("scores of 1e4, equal", [[1e4, 1e4], [-1e4, -1e4]], [0, 1])
softmax("scores of 1e4, probabilities", [[1e4, -1e4, 0]], [[0.25, 0.25, 0.5]])
softmax("NaN in one sample of two", [[1, nan, 0], [1, 2, 3]], [0, 2])
softmax("Infinity of the class", [inf, 1, 2], 0)
softmax("Infinity of another class", [inf, 1, 2], 1)
softmax("Infinity twice", [inf, inf, 2], 2)
softmax("-Infinity of the class", [-inf, 1, 2], 0)
softmax("-Infinity of another class", [-inf, 1, 2], 1)
softmax("-Infinity of all", [-inf, -inf], 0)

square("a batch", normal(7, 4), normal(7, 4))
square("one sample", normal(5), normal(5))
square("one number", [[3]], [[0.5]])
square("zeros", np.zeros((2, 3)), np.zeros((2, 3)))
square("equal", x, x)
square("large", [[1e15, -1e15], [3e15, 0]], [[-1e15, 1e4], [3e15, 1e15]])
square("large, nearly equal", [[16777216, 1e6]], [[16777214, 1e6 + 0.5]])
square("small", [[1e-15, 0]], [[0, 2e-15]])
square("NaN in one sample of two", [[nan, 1], [2, 3]], [[0, 0], [0, 0]])
square("Infinity", [[inf, 1]], [[0, 0]])
square("-Infinity", [[1, 2]], [[0, -inf]])
square("Infinity, the same", [[inf, 1]], [[inf, 0]])

# ---- The file -------------------------------------------------------------------------------------------------------------

parts = {
    "networks": "{\n" + ",\n".join(f'"{name}":{text(value)}' for name, value in networks.items()) + "\n}",
    "trajectories": lines(trajectories),
    "losses": lines(cases),
}
content = "{\n" + ",\n".join(f'"{name}": {value}' for name, value in parts.items()) + "\n}\n"
(HERE / "training.json").write_text(content, encoding="utf-8")
