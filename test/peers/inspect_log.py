"""Reads an .eval log with inspect_ai: {"path"} -> what the library finds in it."""
import json
import sys
import zipfile

from inspect_ai.log import read_eval_log, read_eval_log_sample_summaries

path = json.load(sys.stdin)["path"]
log = read_eval_log(path)
header = read_eval_log(path, header_only=True)
print(
    json.dumps(
        {
            "broken": zipfile.ZipFile(path).testzip(),
            "version": log.version,
            "status": log.status,
            "task": log.eval.task,
            "model": log.eval.model,
            "headerSamples": header.results.total_samples,
            "accuracy": {s.name: s.metrics["accuracy"].value for s in log.results.scores},
            "reductions": [len(r.samples) for r in log.reductions],
            "summaries": len(read_eval_log_sample_summaries(path)),
            "samples": [
                {
                    "id": s.id,
                    "epoch": s.epoch,
                    "input": s.input,
                    "messages": [[m.role, m.text] for m in s.messages],
                    "scores": {k: v.value for k, v in (s.scores or {}).items()},
                    "error": s.error.message if s.error else None,
                }
                for s in log.samples
            ],
        }
    )
)
