"""What each scene computes, in NumPy: the page shows these lines, and a test runs them beside the kernels."""

import numpy as np


def opened_forward(x):
    neg_out = x * -1
    exp_out = np.exp(neg_out)
    add_out = exp_out + 1
    y = 1 / add_out
    return neg_out, exp_out, add_out, y


def opened_backward(dout, exp_out, y):
    dadd_out = dout * -(y**2)
    dexp_out = dadd_out * 1
    dneg_out = dexp_out * exp_out
    dx = dneg_out * -1
    return dadd_out, dexp_out, dneg_out, dx


def folded_forward(x):
    neg_out = x * -1
    exp_out = np.exp(neg_out)
    add_out = exp_out + 1
    opened_y = 1 / add_out
    y = 1 / (1 + np.exp(-x))
    return neg_out, exp_out, add_out, opened_y, y


def folded_backward(dout, exp_out, opened_y, y):
    dadd_out = dout * -(opened_y**2)
    dexp_out = dadd_out * 1
    dneg_out = dexp_out * exp_out
    opened_dx = dneg_out * -1
    dx = dout * y * (1 - y)
    return dadd_out, dexp_out, dneg_out, opened_dx, dx


def sample_forward(X, W, b):
    Y = np.dot(X, W) + b
    out = 1 / (1 + np.exp(-Y))
    return Y, out


def sample_backward(dout, out, X, W):
    dY = dout * out * (1 - out)
    dX = np.dot(dY, W.T)
    dW = np.outer(X, dY)
    db = dY
    return dY, dX, dW, db


def batch_forward(X, W, b):
    Y = np.dot(X, W) + b
    out = 1 / (1 + np.exp(-Y))
    return Y, out


def batch_backward(dout, out, X, W):
    dY = dout * out * (1 - out)
    dX = np.dot(dY, W.T)
    dW = np.dot(X.T, dY)
    db = np.sum(dY, axis=0)
    return dY, dX, dW, db
