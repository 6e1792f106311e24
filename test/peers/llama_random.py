"""Saves random Llama checkpoints with the transformers library.

stdin:  {"checkpoints": [{"folder", "config": {fields of LlamaConfig}, "seed", "dtype"?, "shardBytes"?}]}
stdout: for each one, {tensor name: SHA-256 of its little-endian float32 bytes}
"""

import hashlib
import json
import sys

import torch
from transformers import LlamaConfig, LlamaForCausalLM


def save(request):
    torch.manual_seed(request["seed"])
    model = LlamaForCausalLM(LlamaConfig(**request["config"])).to(getattr(torch, request.get("dtype", "float32")))
    for parameter in model.parameters():
        # Far from the initial values, so that norms and ties are told apart.
        torch.nn.init.normal_(parameter, std=0.3)
    model.save_pretrained(request["folder"], max_shard_size=request.get("shardBytes", "5GB"))
    return {
        name: hashlib.sha256(parameter.detach().float().contiguous().numpy().tobytes()).hexdigest()
        for name, parameter in model.named_parameters()
    }


print(json.dumps([save(request) for request in json.load(sys.stdin)["checkpoints"]]))
