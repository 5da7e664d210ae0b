#!/usr/bin/python3
"""Writes linear.json: a network of PyTorch's nn.Linear, its state_dict as safetensors in four dtypes, and what it computes.

Run with PyTorch 1.13, as Debian 12 has it. The safetensors files are laid out as PyTorch users get them, one tensor after the
other in the order of the state_dict. Outputs are computed in float64 from the weights as the file has them.
"""

import base64
import json
import pathlib

import torch
from torch import nn

DTYPES = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}


def safetensors(state, dtype):
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, tensor in state.items():
        # NumPy has no bfloat16, so the bits travel as integers.
        flat = tensor.contiguous().flatten()
        values = flat.view({8: torch.int64, 4: torch.int32, 2: torch.int16}[flat.element_size()]).numpy().tobytes()
        header[name] = {"dtype": dtype, "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(values)]}
        data += values
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


torch.manual_seed(20240229)
model = nn.Sequential(nn.Linear(5, 7), nn.ReLU(), nn.Sequential(nn.Linear(7, 4), nn.Sigmoid()), nn.Linear(4, 3))
with torch.no_grad():
    model[0].bias[:2] = torch.tensor([6e-8, -1e-5])  # subnormal in float16
x = torch.randn(6, 5)

files = {}
for name, dtype in DTYPES.items():
    model.to(dtype)
    files[name] = {"base64": base64.b64encode(safetensors(model.state_dict(), name)).decode()}
    model.to(torch.float64)
    files[name]["y"] = model(x.double()).flatten().tolist()

golden = {"x": x.flatten().tolist(), "shapes": {"x": list(x.shape), "y": [6, 3]}, "files": files}
path = pathlib.Path(__file__).with_name("linear.json")
path.write_text(json.dumps(golden) + "\n", encoding="utf-8")
