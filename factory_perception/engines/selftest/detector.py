"""A network shaped like a detector: convolutions, then boxes and scores decoded in the graph."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from factory_perception.engines.selftest.network import SelftestNetwork
from factory_perception.engines.selftest.onnx_writer import DATA_TYPES, Node, onnx_file
from factory_perception.model_store.folder import Probe
from factory_perception.model_store.manifest import TensorSpec

_SIZE, _CLASSES, _SAMPLES = 32, 3, 3
_CELL = 4
_GRID = _SIZE // _CELL
_ANCHORS = _GRID * _GRID
INPUTS = (TensorSpec('image', 'float32', (None, 3, _SIZE, _SIZE)),)
OUTPUTS = (
    TensorSpec('boxes', 'float32', (None, _ANCHORS, 4)),
    TensorSpec('scores', 'float32', (None, _ANCHORS, _CLASSES)),
)
#: (channels in, channels out, kernel, stride) of each convolution.
_LAYERS = ((3, 16, 3, 2), (16, 32, 3, 2), (32, 4 + _CLASSES, 1, 1))


def make_detector() -> SelftestNetwork:
    """Make the network: always the same weights and pictures."""
    random = np.random.default_rng(7)
    weights = [
        random.normal(0, (2 / (inner * size * size)) ** 0.5, (outer, inner, size, size))
        for inner, outer, size, _ in _LAYERS
    ]
    biases = [random.normal(0, 0.1, outer) for _, outer, _, _ in _LAYERS]
    image = random.normal(0, 1, (_SAMPLES, 3, _SIZE, _SIZE)).astype(np.float32)
    stages = _forward(image.astype(np.float64), weights, biases)
    probe = Probe({'image': image}, _decode(stages[-1]))
    files = {
        precision: _OnnxDetector(precision, weights, biases, stages).file()
        for precision in ('fp32', 'fp16', 'int8')
    }
    return SelftestNetwork('selftest_detector', 'detect', INPUTS, OUTPUTS, files, probe)


def _anchor_boxes() -> NDArray:
    """Give one square for each cell of the grid, ``(1, A, 4)`` xyxy in input pixels."""
    rows, columns = np.divmod(np.arange(_ANCHORS), _GRID)
    corners = np.stack([columns, rows, columns + 1, rows + 1], axis=1) * _CELL
    return corners[None].astype(np.float32)


def _forward(image: NDArray, weights: list[NDArray], biases: list[NDArray]) -> list[NDArray]:
    """Give the picture and what each convolution makes of it, all ``(B, C, H, W)``."""
    stages = [image]
    for index, (weight, bias) in enumerate(zip(weights, biases)):
        size, stride = weight.shape[-1], _LAYERS[index][3]
        edge = size // 2
        padded = np.pad(stages[-1], ((0, 0), (0, 0), (edge, edge), (edge, edge)))
        windows = sliding_window_view(padded, (size, size), (2, 3))  # type: ignore[call-overload]
        windows = windows[:, :, ::stride, ::stride]
        stage = np.einsum('bchwij,ocij->bohw', windows, weight) + bias[:, None, None]
        stages.append(np.maximum(stage, 0) if index + 1 < len(weights) else stage)
    return stages


def _decode(head: NDArray) -> dict[str, NDArray]:
    flat = head.reshape(len(head), 4 + _CLASSES, _ANCHORS).transpose(0, 2, 1)
    return {
        'boxes': (flat[..., :4] * _CELL + _anchor_boxes()).astype(np.float32),
        'scores': (1 / (1 + np.exp(-flat[..., 4:]))).astype(np.float32),
    }


class _OnnxDetector:
    """The same network as ONNX, with the precision written into the graph.

    fp16: the convolutions are in half precision between two casts. int8: each convolution takes
    quantised pictures and weights (symmetric, weights by output channel). Decoding is always fp32.
    """

    def __init__(
        self,
        precision: str,
        weights: list[NDArray],
        biases: list[NDArray],
        stages: list[NDArray],
    ) -> None:
        self._precision = precision
        self._dtype = np.dtype('float16' if precision == 'fp16' else 'float32')
        self._stages = stages
        self._nodes: list[Node] = []
        self._weights: dict[str, NDArray] = {}
        tensor = 'image'
        if precision == 'fp16':
            tensor = self._cast(tensor, 'float16')
        for index, (weight, bias) in enumerate(zip(weights, biases)):
            tensor = self._convolution(index, tensor, weight, bias)
        if precision == 'fp16':
            tensor = self._cast(tensor, 'float32')
        self._decoder(tensor)

    def file(self) -> bytes:
        """Give the content of the ONNX file."""
        return onnx_file(self._nodes, INPUTS, OUTPUTS, self._weights)

    def _add(self, operation: str, *inputs: str, output: str = '', **attributes: object) -> str:
        output = output or f'{operation.lower()}_{len(self._nodes)}'
        self._nodes.append(Node(operation, inputs, (output,), attributes))  # type: ignore[arg-type]
        return output

    def _constant(self, name: str, value: NDArray) -> str:
        self._weights[name] = value
        return name

    def _cast(self, tensor: str, dtype: str) -> str:
        return self._add('Cast', tensor, to=DATA_TYPES[dtype])

    def _convolution(self, index: int, tensor: str, weight: NDArray, bias: NDArray) -> str:
        size, stride = weight.shape[-1], _LAYERS[index][3]
        kernel = f'weight{index}'
        if self._precision == 'int8':
            tensor = self._quantised(
                f'picture{index}', tensor, float(abs(self._stages[index]).max())
            )
            kernel = self._quantised_weight(kernel, weight)
        else:
            self._constant(kernel, weight.astype(self._dtype))
        tensor = self._add(
            'Conv',
            tensor,
            kernel,
            self._constant(f'bias{index}', bias.astype(self._dtype)),
            kernel_shape=(size, size),
            strides=(stride, stride),
            pads=(size // 2,) * 4,
        )
        return tensor if index + 1 == len(_LAYERS) else self._add('Relu', tensor)

    def _quantised(self, name: str, tensor: str, largest: float) -> str:
        scale = self._constant(f'{name}_scale', np.array(largest / 127, np.float32))
        zero = self._constant(f'{name}_zero', np.array(0, np.int8))
        quantised = self._add('QuantizeLinear', tensor, scale, zero)
        return self._add('DequantizeLinear', quantised, scale, zero)

    def _quantised_weight(self, name: str, weight: NDArray) -> str:
        scale = np.abs(weight).max((1, 2, 3)) / 127
        steps = np.round(weight / scale[:, None, None, None]).astype(np.int8)
        return self._add(
            'DequantizeLinear',
            self._constant(name, steps),
            self._constant(f'{name}_scale', scale.astype(np.float32)),
            self._constant(f'{name}_zero', np.zeros(len(scale), np.int8)),
            axis=0,
        )

    def _decoder(self, head: str) -> None:
        shape = self._constant('shape', np.array([0, 4 + _CLASSES, _ANCHORS], np.int64))
        flat = self._add('Transpose', self._add('Reshape', head, shape), perm=(0, 2, 1))
        sizes = self._constant('split', np.array([4, _CLASSES], np.int64))
        self._nodes.append(Node('Split', (flat, sizes), ('offsets', 'logits'), {'axis': 2}))
        cell = self._constant('cell', np.array(_CELL, np.float32))
        anchors = self._constant('anchors', _anchor_boxes())
        self._add('Add', self._add('Mul', 'offsets', cell), anchors, output='boxes')
        self._add('Sigmoid', 'logits', output='scores')
