"""
PyTorch as a peer: the language model of src/model/config.ts, written as fast idiomatic PyTorch for the CPU, behind JSON
lines (one request a line on stdin, one answer a line on stdout), so that a driver can interleave its own measurements
with the peer's in the same run. Between requests the process sleeps.

Same mathematics as the model it is compared with: RMSNorm, rotary embedding, grouped-query attention, SwiGLU, tied or
untied unembedding, cross-entropy, global gradient norm clipped to 1, AdamW, all in float32. It deliberately leaves out
the small heads (pointer, value, reward). Training repeats one random batch, so that the loss must fall. Each decoding
step writes slot `context` of a preallocated cache and attends to context + 1 tokens, so that every step costs the same.

Two modes, both to be published: `compile: false` is eager, `compile: true` goes through torch.compile (needs a C++
compiler; the first step takes tens of seconds). Eager turns adjacent pairs in the rotary embedding rather than halves:
the same model after a fixed permutation of the rows of the query and key matrices, and fastest as complex numbers.

What was tried, with torch 2.15 and 2 threads on 2 cores of an AMD EPYC (Zen 4, AVX-512), float32. Each line is one run
of interleaved variants, best of 4-6 repeats (decoding: of 100-160 steps), on a machine that others used too: differences
under 5 % mean nothing, and lines can't be compared with each other.
Training, preset small, 16 x 256 tokens, seconds a step:
  default allocator: baseline (fused AdamW, fused matrices, rms_norm, sdpa, rotary as two whole products) 0.77, AdamW
    foreach 0.74, normalization by hand 0.76, attention by hand 0.94, activations in two dimensions 0.81, matrices apart
    0.77, rotary as halves 0.79, as halves with addcmul 0.80, as complex numbers 0.80
  heap never trimmed: baseline 0.73, matrices apart 0.73, rotary as halves 0.71, with addcmul 0.72, complex 0.69
  and huge pages: rotary as halves 0.67, complex 0.62, complex and apart 0.61, compiled products 0.59, compiled halves 0.61
  this file: eager 0.68, compiled 0.59, compiled with complex numbers 0.62; 1024 x 1024 products beside it 199 GFLOP/s
  allocators, in processes one after the other: default 0.76, huge pages 0.74, never trimmed 0.73, both 0.69
Decoding, preset small at context 256, tokens a second with 1 / 8 / 32 lanes:
  eager sdpa 565 / 3068 / 4413, eager products 512 / 3549 / 5644, compiled sdpa 831 / 3278 / 4369, compiled products with
    complex numbers 671 / 3747 / 5805
  this file: eager 726 / 3325 / 5641, compiled 1901 / 4305 / 5892, compiled with complex numbers 1715 / 3453 / 5643
  one layer's attention, 32 lanes: products 329 us, keys stored transposed 545 us, values too 750 us, sdpa 563 us
OpenMP waits by its default policy; idle, its threads sleep within milliseconds (0 ticks of processor time in 2 s). On a
machine that something else keeps busy OMP_WAIT_POLICY=passive trains faster (2.7 s against 1.6 s at load 5) since spinning
threads then steal from each other; on a quiet one it was not told apart. It is left to the environment.
"""

import os
import sys

# glibc otherwise gives every large tensor back to the kernel and takes a page fault for each page of the next one.
# These are read when a process starts, hence the restart.
ALLOCATOR = {
    'MALLOC_MMAP_THRESHOLD_': str(1 << 30),
    'MALLOC_TRIM_THRESHOLD_': str(4 << 30),
    'MALLOC_TOP_PAD_': str(64 << 20),
    'GLIBC_TUNABLES': 'glibc.malloc.hugetlb=1',
    'THP_MEM_ALLOC_ENABLE': '1',
}
if __name__ == '__main__' and 'JOURNEYMAN_PEER_ALLOCATOR' not in os.environ:
    os.execve(sys.executable, [sys.executable, *sys.argv], {**ALLOCATOR, **os.environ, 'JOURNEYMAN_PEER_ALLOCATOR': '1'})

import json
import math
import resource
import shutil
import statistics
import time

import torch
import torch.nn.functional as F


class Model:
    """Parameters and rotary tables. `fused`: query-key-value and gate-up as one matrix each (decoding), else apart (training)."""

    def __init__(self, config, length, seed, fused, compiled):
        self.config, self.fused = config, fused
        width, head_width = config['width'], config['headWidth']
        query, key, hidden = config['heads'] * head_width, config['keyValueHeads'] * head_width, config['feedForwardWidth']
        generator = torch.Generator().manual_seed(seed)

        def matrix(rows, columns, std=0.02):
            return torch.randn(rows, columns, generator=generator).mul_(std).requires_grad_(not fused)

        def ones():
            return torch.ones(width, requires_grad=not fused)

        branch = 0.02 / math.sqrt(2 * config['layers'])
        self.embedding = matrix(config['vocabularySize'], width)
        self.unembedding = self.embedding if config['tiedEmbeddings'] else matrix(config['vocabularySize'], width)
        self.final_norm = ones()
        self.layers = []
        for _ in range(config['layers']):
            inputs = [matrix(query + 2 * key, width)] if fused else [matrix(query, width), matrix(key, width), matrix(key, width)]
            gates = [matrix(2 * hidden, width)] if fused else [matrix(hidden, width), matrix(hidden, width)]
            self.layers.append((ones(), inputs, matrix(width, query, branch), ones(), gates, matrix(width, hidden, branch)))
        exponents = torch.arange(0, head_width, 2, dtype=torch.float64) / head_width
        angles = torch.outer(torch.arange(length, dtype=torch.float64), config['ropeTheta'] ** -exponents)
        # [length, 1, D/2], complex: multiplying by it turns the pairs of [..., length, heads, D/2].
        self.turns = torch.polar(torch.ones_like(angles), angles).to(torch.complex64)[:, None]
        if compiled:
            # [length, 1, D/2, 2]: cosine and sine, from which the compiler makes one loop; it leaves complex numbers alone.
            self.turns = torch.view_as_real(self.turns).contiguous()

    def parameters(self):
        matrices, vectors = [self.embedding], [self.final_norm]
        if self.unembedding is not self.embedding:
            matrices.append(self.unembedding)
        for attention_norm, inputs, out, mlp_norm, gates, down in self.layers:
            matrices += [*inputs, out, *gates, down]
            vectors += [attention_norm, mlp_norm]
        return matrices, vectors

    def norm(self, x, weight):
        return F.rms_norm(x, (x.shape[-1],), weight, self.config['normEpsilon'])

    def loss(self, tokens, targets):
        """Mean cross-entropy in nats; tokens and targets are [B, T]."""
        config = self.config
        heads, groups, head_width = config['heads'], config['keyValueHeads'], config['headWidth']
        batch, length = tokens.shape
        turns = self.turns[:length]
        x = F.embedding(tokens, self.embedding)
        for attention_norm, (wq, wk, wv), out, mlp_norm, (gate, up), down in self.layers:
            h = self.norm(x, attention_norm)
            q = rotate(F.linear(h, wq).view(batch, length, heads, head_width), turns).transpose(1, 2)
            k = rotate(F.linear(h, wk).view(batch, length, groups, head_width), turns).transpose(1, 2)
            v = F.linear(h, wv).view(batch, length, groups, head_width).transpose(1, 2)
            a = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=groups != heads)
            x = x + F.linear(a.transpose(1, 2).reshape(batch, length, -1), out)
            h = self.norm(x, mlp_norm)
            x = x + F.linear(F.silu(F.linear(h, gate)) * F.linear(h, up), down)
        logits = F.linear(self.norm(x, self.final_norm), self.unembedding)
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten())

    def next_tokens(self, tokens, keys, values, position):
        """Greedy next token of each lane. tokens [B]; keys, values [layers][B, K, capacity, D], written in place at `position`."""
        config = self.config
        heads, groups, head_width = config['heads'], config['keyValueHeads'], config['headWidth']
        batch = tokens.shape[0]
        turns = self.turns[position]
        x = F.embedding(tokens, self.embedding)
        for (attention_norm, (qkv,), out, mlp_norm, (gate_up,), down), key, value in zip(self.layers, keys, values):
            h = F.linear(self.norm(x, attention_norm), qkv).view(batch, heads + 2 * groups, head_width)
            turned = rotate(h[:, : heads + groups], turns)
            key[:, :, position] = turned[:, heads:]
            value[:, :, position] = h[:, heads + groups :]
            k, v = key[:, :, : position + 1], value[:, :, : position + 1]
            # One query a lane: each key-value head serves heads / groups query rows as one small matrix product.
            q = turned[:, :heads].reshape(batch, groups, heads // groups, head_width) * head_width**-0.5
            a = torch.softmax(q @ k.transpose(-1, -2), -1) @ v
            x = x + F.linear(a.reshape(batch, -1), out)
            gate, up = F.linear(self.norm(x, mlp_norm), gate_up).chunk(2, -1)
            x = x + F.linear(F.silu(gate) * up, down)
        return F.linear(self.norm(x, self.final_norm), self.unembedding).argmax(-1)


def rotate(x, turns):
    """Turns each pair of x [..., heads, D] by its angle: halves by cosines and sines, or adjacent pairs by complex numbers."""
    if turns.is_floating_point():
        cos, sin = turns.unbind(-1)
        a, b = x.chunk(2, -1)
        return torch.cat((a * cos - b * sin, b * cos + a * sin), -1)
    return torch.view_as_real(torch.view_as_complex(x.unflatten(-1, (-1, 2))) * turns).flatten(-2)


class Trainer:
    def __init__(self, request):
        config = request['config']
        seed, length = request['seed'], request['length']
        model = Model(config, length, seed, fused=False, compiled=request['compile'])
        matrices, vectors = model.parameters()
        self.parameters = matrices + vectors
        groups = [{'params': matrices, 'weight_decay': 0.1}, {'params': vectors, 'weight_decay': 0.0}]
        self.optimizer = torch.optim.AdamW(groups, lr=request['learningRate'], betas=(0.9, 0.95), fused=True)
        generator = torch.Generator().manual_seed(seed + 1)
        tokens = torch.randint(config['vocabularySize'], (request['batch'], length + 1), generator=generator)
        self.tokens, self.targets = tokens[:, :-1].contiguous(), tokens[:, 1:].contiguous()
        self.loss = torch.compile(model.loss) if request['compile'] else model.loss

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss(self.tokens, self.targets)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimizer.step()
        return loss.item()


class Decoder:
    def __init__(self, request):
        config, batch, context = request['config'], request['batch'], request['context']
        model = Model(config, context + 1, request['seed'], fused=True, compiled=request['compile'])
        shape = (config['layers'], batch, config['keyValueHeads'], context + 1, config['headWidth'])
        generator = torch.Generator().manual_seed(request['seed'] + 1)
        self.keys = [*torch.randn(shape, generator=generator).unbind()]
        self.values = [*torch.randn(shape, generator=generator).unbind()]
        self.tokens = torch.randint(config['vocabularySize'], (batch,), generator=generator)
        self.context = context
        self.next_tokens = torch.compile(model.next_tokens) if request['compile'] else model.next_tokens

    @torch.inference_mode()
    def step(self):
        self.tokens = self.next_tokens(self.tokens, self.keys, self.values, self.context)
        # What a caller does with every step: read the tokens.
        return self.tokens.tolist()


def timed(step):
    start = time.perf_counter()
    result = step()
    return time.perf_counter() - start, result


def peak_memory_bytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == 'darwin' else 1024)


def hello(_, __):
    return {
        'torch': torch.__version__,
        'python': sys.version.split()[0],
        'threads': torch.get_num_threads(),
        'compiler': shutil.which('g++') or shutil.which('clang++'),
        'config': torch.__config__.show(),
    }


def matmul(_, request):
    n = request['n']
    a, b, out = torch.randn(n, n), torch.randn(n, n), torch.empty(n, n)
    torch.mm(a, b, out=out)
    rates = [2e-9 * n**3 / timed(lambda: torch.mm(a, b, out=out))[0] for _ in range(request['repeats'])]
    return {'gigaflops': statistics.median(rates), 'best': max(rates)}


def train_init(state, request):
    state['trainer'] = Trainer(request)
    # The first step also pays for compiling.
    return {'parameters': sum(p.numel() for p in state['trainer'].parameters), 'warmUpSeconds': timed(state['trainer'].step)[0]}


def train(state, request):
    if 'trainer' not in state:
        raise ValueError('train before train_init')
    runs = [timed(state['trainer'].step) for _ in range(request['steps'])]
    return {'seconds': [s for s, _ in runs], 'losses': [loss for _, loss in runs], 'peakMemoryBytes': peak_memory_bytes()}


def decode_init(state, request):
    state['decoder'] = Decoder(request)
    return {'warmUpSeconds': timed(state['decoder'].step)[0]}


def decode(state, request):
    if 'decoder' not in state:
        raise ValueError('decode before decode_init')
    runs = [timed(state['decoder'].step) for _ in range(request['steps'])]
    return {'seconds': [s for s, _ in runs], 'tokens': runs[-1][1], 'peakMemoryBytes': peak_memory_bytes()}


OPERATIONS = {f.__name__: f for f in (hello, matmul, train_init, train, decode_init, decode)}


def main():
    answers = os.fdopen(os.dup(1), 'w')
    # Whatever a library prints must not come between the answers.
    os.dup2(2, 1)
    torch.set_num_threads(int(os.environ.get('JOURNEYMAN_THREADS') or 2))
    state = {}
    for line in sys.stdin:
        try:
            request = json.loads(line)
            answer = OPERATIONS[request['op']](state, request)
        except Exception as error:  # The driver decides what an error means.
            answer = {'error': f'{type(error).__name__}: {error}'[:2000]}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == '__main__':
    main()
