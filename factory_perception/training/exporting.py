"""Networks to ONNX: fixed names, a free batch, everything else static."""

from __future__ import annotations

from collections.abc import Sequence
import copy
import logging
import warnings

import onnx
import torch
from torch import nn, Tensor

OPSET = 18
#: With a batch of one the exporter takes the batch for a constant.
EXPORT_BATCH = 2


class ExportError(Exception):
    """A network that could not be exported as it must be."""


def export_onnx(
    deployed: nn.Module, inputs: dict[str, tuple[int, ...]], outputs: Sequence[str]
) -> bytes:
    """Export a network in evaluation mode.

    Args:
        deployed: takes and gives float32 tensors with the batch in front.
        inputs: name and shape of each input, without the batch.
        outputs: names of the outputs.

    Raises:
        ExportError: the exporter fixed the batch.
    """
    examples = tuple(torch.zeros(EXPORT_BATCH, *shape) for shape in inputs.values())
    batch = torch.export.Dim('batch', min=1, max=1024)
    logging.getLogger('onnxscript').setLevel(logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')  # the exporter warns about its own internals
        program = torch.onnx.export(
            deployed.eval(),
            examples,
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_shapes=tuple({0: batch} for _ in inputs),
            opset_version=OPSET,
            dynamo=True,
            verbose=False,
        )
    assert program is not None
    model = program.model_proto
    onnx.checker.check_model(model)
    for tensor in (*model.graph.input, *model.graph.output):
        if not tensor.type.tensor_type.shape.dim[0].dim_param:
            raise ExportError(f'the exporter fixed the batch of {tensor.name}')
    return bare(model)


def bare(model: onnx.ModelProto) -> bytes:
    """Give the bytes of a network without the exporter's notes, which tell local paths."""
    del model.metadata_props[:]
    graphs = [model.graph, *model.functions]
    for graph in graphs:
        graph.doc_string = ''
        del graph.metadata_props[:]
        for part in (*graph.node, *graph.value_info):
            part.doc_string = ''
            del part.metadata_props[:]
    for value in (*model.graph.input, *model.graph.output, *model.graph.initializer):
        value.doc_string = ''
        del value.metadata_props[:]
    data: bytes = model.SerializeToString()
    return data


class HalfInside(nn.Module):
    """A network that computes in half precision between float32 inputs and outputs.

    The types are in the graph itself, so that a strongly typed engine computes just that.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = copy.deepcopy(network).half()

    def forward(self, images: Tensor) -> Tensor | tuple[Tensor, ...]:
        """Cast, run, cast back."""
        found = self.network(images.half())
        if isinstance(found, tuple):
            return type(found)(*(part.float() for part in found))
        result: Tensor = found.float()
        return result
