"""Checks that TensorBoard's own reader finds in a run's event file the values of the run's logs.

    python3 src/test/python/tensorboard_events.py RUN

Needs tensorboard. Compares every value of steps.jsonl, evaluations.jsonl and percentiles.jsonl, as float32, and every
histogram of histograms.jsonl.
"""

import json
import sys
from pathlib import Path

import numpy as np
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator


def lines(run, name):
    path = run / name
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def expected(run):
    values = {}
    for name, prefix, members in (
        ("steps.jsonl", lambda line: "train", ("loss", "accuracy", "learningRate")),
        ("evaluations.jsonl", lambda line: line["split"], ("loss", "top1", "top5")),
        ("percentiles.jsonl", lambda line: f"{line['layer']}.{line['unit']}", ("p15", "p50", "p85")),
    ):
        for line in lines(run, name):
            for member in members:
                if isinstance(line.get(member), (int, float)):
                    values.setdefault(f"{prefix(line)}/{member}", []).append((line["step"], np.float32(line[member])))
    return values


def main():
    run = Path(sys.argv[1])
    reader = EventAccumulator(str(run / "tensorboard"), size_guidance={"scalars": 0, "histograms": 0})
    reader.Reload()
    values = expected(run)
    assert set(reader.Tags()["scalars"]) == set(values), (reader.Tags()["scalars"], sorted(values))
    for tag, wanted in values.items():
        found = [(event.step, np.float32(event.value)) for event in reader.Scalars(tag)]
        assert found == wanted, tag
        print(f"{tag}: {len(found)} values, the last {found[-1][1]:.6g} at step {found[-1][0]}")
    histograms = {}
    for line in lines(run, "histograms.jsonl"):
        histograms.setdefault(line["tag"], []).append(line)
    assert set(reader.Tags()["histograms"]) == set(histograms), reader.Tags()["histograms"]
    for tag, wanted in histograms.items():
        found = []
        for event in reader.Histograms(tag):
            value = event.histogram_value
            found.append({
                "step": event.step, "tag": tag, "min": value.min, "max": value.max, "count": value.num, "sum": value.sum,
                "sumOfSquares": value.sum_squares, "edges": list(value.bucket_limit), "counts": list(value.bucket),
            })
        assert found == wanted, (tag, found[0], wanted[0])
        print(f"{tag}: {len(found)} histograms, the last of {found[-1]['count']:.0f} values at step {found[-1]['step']}")


if __name__ == "__main__":
    main()
