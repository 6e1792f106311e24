"""Logits of a checkpoint folder by the transformers library, in float32.

stdin:  {"folder", "tokens": [[id, ...], ...]}
stdout: {"logits": [[[float] * vocabulary] * length] * sequences, "missing": [name], "unexpected": [name], "mismatched": [name]}
"""

import json
import sys

import torch
from transformers import AutoModelForCausalLM

request = json.load(sys.stdin)
model, loading = AutoModelForCausalLM.from_pretrained(request["folder"], dtype=torch.float32, output_loading_info=True)
model.eval()
with torch.no_grad():
    logits = [model(torch.tensor([tokens])).logits[0].tolist() for tokens in request["tokens"]]
print(
    json.dumps(
        {
            "logits": logits,
            "missing": sorted(map(str, loading["missing_keys"])),
            "unexpected": sorted(map(str, loading["unexpected_keys"])),
            "mismatched": sorted(map(str, loading["mismatched_keys"])),
        }
    )
)
