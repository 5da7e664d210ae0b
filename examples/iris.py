"""Opens the network that iris.mjs has saved, and computes its scores for three flowers: python3 examples/iris.py [iris.npz]"""

import sys

import numpy as np

net = np.load(sys.argv[1] if len(sys.argv) > 1 else "iris.npz")
x = np.array([[-1, 1, -1.3, -1.3], [0, 0, 0, 0], [1, 0, 1, 1.3]], dtype=np.float32)  # standardised lengths

h = 1 / (1 + np.exp(-(x @ net["0.W"] + net["0.b"])))
y = h @ net["2.W"] + net["2.b"]
for scores in y:
    print(" ".join(f"{score:.5f}" for score in scores))
