# SPDX-License-Identifier: MIT
"""Checks files of ONNX against the schema, by the onnx package (Debian: python3-onnx): every field and operator, and
that the extents it infers for the output are those that the file announces. python3 onnx_schema.py FILE..."""
import sys

try:
    import onnx
except ImportError:
    sys.exit(77)  # not here

for path in sys.argv[1:]:
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    announced = list(model.graph.output[0].type.tensor_type.shape.dim)
    del model.graph.output[0].type.tensor_type.shape.dim[:]
    model.graph.output[0].type.tensor_type.ClearField("shape")
    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True)
    found = list(inferred.graph.output[0].type.tensor_type.shape.dim)
    if found != announced:
        sys.exit(f"{path}: announced {announced}, inferred {found}")
