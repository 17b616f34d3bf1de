"""fp32 ONNX to int8 with explicit Q/DQ nodes, as strongly typed TensorRT networks want it.

Symmetric everywhere (every zero point is 0), weights by channel, no quantised biases. Only the
named kinds of operations are quantised: decoding in int8 would cost accuracy and gain nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
import tempfile

import numpy as np
from numpy.typing import NDArray
import onnx
from onnx import numpy_helper


class QuantiseError(Exception):
    """A quantised network that TensorRT would refuse."""


def quantise(fp32: bytes, calibration: Iterator[dict[str, NDArray]], kinds: Sequence[str]) -> bytes:
    """Quantise a network; the scales come from calibration inputs.

    Args:
        fp32: the ONNX file.
        calibration: inputs by name, one batch at a time, from training data only.
        kinds: operations to quantise, such as ``Conv``.

    Raises:
        QuantiseError: the result breaks TensorRT's rules.
    """
    from onnxruntime.quantization import (
        CalibrationDataReader,
        QuantFormat,
        quantize_static,
        QuantType,
    )
    from onnxruntime.quantization.shape_inference import quant_pre_process

    class Reader(CalibrationDataReader):
        """Calibration inputs in the form that ONNX Runtime asks for."""

        def get_next(self) -> dict[str, NDArray] | None:
            return next(calibration, None)

    with tempfile.TemporaryDirectory(prefix='factory_perception_') as scratch:
        source, prepared, target = (Path(scratch) / name for name in ('a.onnx', 'b.onnx', 'c.onnx'))
        source.write_bytes(fp32)
        quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
        quantize_static(
            str(prepared),
            str(target),
            Reader(),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QInt8,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=list(kinds),
            extra_options={
                'ActivationSymmetric': True,
                'WeightSymmetric': True,
                'QuantizeBias': False,
            },
        )
        data = target.read_bytes()
    check_rules(data)
    return data


def check_rules(data: bytes) -> None:
    """Refuse what TensorRT does not take: zero points other than 0, quantised biases.

    Raises:
        QuantiseError: naming the first offence.
    """
    graph = onnx.load_from_string(data).graph
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type not in ('QuantizeLinear', 'DequantizeLinear'):
            continue
        zero = constants.get(node.input[2]) if len(node.input) > 2 else None
        if zero is not None and np.any(zero):
            raise QuantiseError(f'{node.name} has a zero point other than 0')
        value = constants.get(node.input[0])
        if value is not None and value.dtype == np.int32:
            raise QuantiseError(f'{node.name} dequantises a 32-bit bias')
