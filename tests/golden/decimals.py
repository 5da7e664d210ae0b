"""How numbers are written into the golden files. JSON lacks some: those are strings that JavaScript's Number() reads."""

import numpy as np


def decimal(value):
    """The shortest decimal that reads back to the same float32; ten digits of a float64."""
    if np.isnan(value):
        return '"NaN"'
    if np.isinf(value):
        return '"Infinity"' if value > 0 else '"-Infinity"'
    if value == 0:
        return '"-0"' if np.signbit(value) else "0"
    return str(value).removesuffix(".0") if isinstance(value, np.float32) else f"{value:.10g}"
