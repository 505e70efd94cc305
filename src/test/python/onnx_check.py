"""Checks that exported models are valid ONNX, and that ONNX Runtime predicts with one what the command predict does.

    python3 src/test/python/onnx_check.py MODEL.onnx ...
    python3 src/test/python/onnx_check.py MODEL.onnx --images IMAGES --predictions PREDICTIONS

Needs onnx, onnxruntime and numpy. Each file goes through ONNX's full check, with strict inference of shapes. The second
form compares probabilities: RUN is one on IDX files, IMAGES a folder with such test files, MODEL.onnx and PREDICTIONS are of

    jobs/submit export RUN output=MODEL.onnx
    jobs/submit predict RUN input=IMAGES output=PREDICTIONS format=csv

Exit code 1 where a probability is off by more than 1e-5.
"""

import argparse
import csv
import gzip
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

LIMIT = 1e-5
BATCH = 1000


def shape(value):
    return [size.dim_param or size.dim_value for size in value.type.tensor_type.shape.dim]


def check(path):
    onnx.checker.check_model(path, full_check=True)
    model = onnx.load(path)
    inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    shaped = {value.name for value in list(inferred.graph.value_info) + list(inferred.graph.output)}
    unknown = [name for node in inferred.graph.node for name in node.output if name not in shaped]
    assert not unknown, f"{path}: no shape is inferred for {unknown}"
    values = {value.name: shape(value) for value in list(model.graph.input) + list(model.graph.output)}
    operators = model.opset_import[0].version
    print(f"{path}: valid, IR version {model.ir_version}, opset {operators}, {len(model.graph.node)} nodes, {values}")


def read_images(folder):
    """[N, rows, columns] of bytes, out of an IDX file that may be packed."""
    plain = Path(folder) / "t10k-images-idx3-ubyte"
    content = plain.read_bytes() if plain.exists() else gzip.decompress(Path(f"{plain}.gz").read_bytes())
    count, rows, columns = np.frombuffer(content, ">u4", 3, offset=4)
    return np.frombuffer(content, np.uint8, offset=16).reshape(count, rows, columns)


def seen(images, properties):
    """What the network sees of bytes: [N, 1, rows, columns]."""
    if properties["binarize"] == "true":
        values = (images >= 128).astype(np.float32)
    else:
        values = images.astype(np.float32) / np.float32(255)
    for key, operation in (("mean", np.subtract), ("deviation", np.divide)):
        if properties[key] != "none":
            values = operation(values, np.float32(properties[key].strip("[]")))
    return values[:, np.newaxis]


def read_predictions(folder, names):
    """For each image the numbers of its likeliest classes, and their probabilities."""
    rows = []
    for path in sorted(Path(folder).glob("*.csv")):
        with path.open(newline="") as lines:
            rows.extend(csv.DictReader(lines))
    ranks = range(1, 1 + sum(key.startswith("class") for key in rows[0]))
    number = names.index if names else int
    classes = [[number(row[f"class{rank}"]) for rank in ranks] for row in rows]
    return np.array(classes), np.array([[float(row[f"probability{rank}"]) for rank in ranks] for row in rows])


def compare(path, images, predictions):
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    properties = session.get_modelmeta().custom_metadata_map
    x = seen(read_images(images), properties)
    batches = [session.run(["probabilities"], {"input": x[at : at + BATCH]})[0] for at in range(0, len(x), BATCH)]
    found = np.concatenate(batches)
    names = properties["classes"].split("\n") if "classes" in properties else []
    classes, wanted = read_predictions(predictions, names)
    assert len(classes) == len(found), (len(classes), len(found))
    difference = np.abs(np.take_along_axis(found, classes, 1) - wanted).max()
    print(f"{path}: {len(found)} images, probabilities differ by {difference:.1e} at most, {LIMIT:g} allowed")
    return difference <= LIMIT


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("models", nargs="+", metavar="MODEL.onnx")
    parser.add_argument("--images")
    parser.add_argument("--predictions")
    arguments = parser.parse_args()
    for model in arguments.models:
        check(model)
    if arguments.images and not compare(arguments.models[0], arguments.images, arguments.predictions):
        sys.exit(1)


if __name__ == "__main__":
    main()
