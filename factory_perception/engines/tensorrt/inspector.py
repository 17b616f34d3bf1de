"""Read back what a plan really computes in: the only proof of its precision."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
import json
import re
from typing import Any

#: From coarse to fine. TensorRT writes ``Half``, ``Row major linear FP16 format`` and the like.
_TYPES = {
    'fp4': re.compile(r'\bfp4\b', re.IGNORECASE),
    'int4': re.compile(r'\bint4\b', re.IGNORECASE),
    'fp8': re.compile(r'\bfp8\b', re.IGNORECASE),
    'int8': re.compile(r'\bint8\b', re.IGNORECASE),
    'bf16': re.compile(r'\b(bf16|bfloat16|bfloat)\b', re.IGNORECASE),
    'fp16': re.compile(r'\b(fp16|half|float16)\b', re.IGNORECASE),
    'fp32': re.compile(r'\b(fp32|float|float32)\b', re.IGNORECASE),
}
#: TensorRT 11 says it in ``DataType``; 10 in ``Format/Datatype`` or, in words, in ``Format``.
_TYPE_FIELDS = ('DataType', 'Datatype', 'Format/Datatype', 'Format')
#: Layers that move or convert values and compute nothing.
_IDLE_LAYERS = frozenset({'reformat', 'noop', 'constant', 'cast', 'signal', 'wait', 'shuffle'})
#: A type that fewer layers than this compute in does not name the whole plan.
_MIN_SHARE = 0.1


@dataclass(frozen=True)
class PrecisionProof:
    """How many of the layers that compute take which type; shares sum to 1 or are absent."""

    layers: int
    shares: dict[str, float]

    @property
    def headline(self) -> str:
        """Name the coarsest type that a tenth of the layers or more take; empty if not known."""
        return next((kind for kind in _TYPES if self.shares.get(kind, 0.0) >= _MIN_SHARE), '')

    def __str__(self) -> str:
        if not self.shares:
            return 'the plan does not say what its layers compute in'
        parts = [f'{share:.0%} {kind}' for kind, share in self.shares.items()]
        return f'{self.layers} layers: {", ".join(parts)}'


def inspect_engine(trt: Any, engine: Any) -> PrecisionProof:
    """Ask TensorRT's inspector about a loaded plan; an answer not understood is no proof."""
    inspector = engine.create_engine_inspector()
    if inspector is None:
        return PrecisionProof(0, {})
    text = inspector.get_engine_information(trt.LayerInformationFormat.JSON)
    return read_proof(text or '')


def read_proof(text: str) -> PrecisionProof:
    """Count the types in the inspector's JSON, whose layout changed from TensorRT 10 to 11."""
    try:
        content = json.loads(text)
    except ValueError:
        return PrecisionProof(0, {})
    layers = content.get('Layers') if isinstance(content, dict) else None
    found = [_layer_type(layer) for layer in layers or [] if isinstance(layer, dict)]
    counts = Counter(kind for kind in found if kind)
    total = sum(counts.values())
    return PrecisionProof(
        total, {kind: counts[kind] / total for kind in _TYPES if counts[kind]} if total else {}
    )


def _layer_type(layer: dict[str, Any]) -> str:
    """Give the coarsest type that a layer takes in; what it gives out may be converted already."""
    if str(layer.get('LayerType', '')).lower() in _IDLE_LAYERS:
        return ''
    for side in ('Inputs', 'Outputs'):
        tensors = layer.get(side)
        kinds = {_tensor_type(tensor) for tensor in tensors} if isinstance(tensors, list) else set()
        for kind in _TYPES:
            if kind in kinds:
                return kind
    return ''


def _tensor_type(tensor: Any) -> str:
    if not isinstance(tensor, dict):
        return ''
    for field in _TYPE_FIELDS:
        text = str(tensor.get(field, ''))
        for kind, pattern in _TYPES.items():
            if pattern.search(text):
                return kind
    return ''
