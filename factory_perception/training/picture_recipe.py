"""What recipes have in common whose networks take one picture and give one tensor."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from numpy.typing import NDArray
import torch
from torch import nn

from factory_perception.model_store.publish import pack_probe
from factory_perception.training.data import PictureData
from factory_perception.training.detection_recipe import image_input
from factory_perception.training.exporting import export_onnx, HalfInside
from factory_perception.training.network_input import write_pictures
from factory_perception.training.networks.fusing import fused
from factory_perception.training.seeing_recipe import SeeingRecipe
from factory_perception.training.settings import TrainingSettings

OUTPUT = 'probabilities'


class PictureRecipe(SeeingRecipe, ABC):
    """Export, manifest and probe of networks whose answer is a softmax."""

    task: str

    @abstractmethod
    def deployed(self, network: nn.Module, trained: nn.Module) -> nn.Module:
        """Give a network as it is exported.

        Args:
            network: what computes, possibly in half precision.
            trained: the trained network, for what was set after training.
        """

    @abstractmethod
    def output_shape(self, settings: TrainingSettings, classes: int) -> list[int]:
        """Give the shape of the output without the batch."""

    def export(self, network: nn.Module, settings: TrainingSettings, half: bool) -> bytes:
        """Export with the softmax in full precision."""
        width, height = settings.model.input_wh
        inner: nn.Module = fused(network)
        deployed = self.deployed(HalfInside(inner) if half else inner, network)
        return export_onnx(deployed, {'image': (3, height, width)}, [OUTPUT])

    def manifest(
        self, network: nn.Module, settings: TrainingSettings, data: PictureData
    ) -> dict[str, Any]:
        """Describe the network."""
        shape = ['batch', *self.output_shape(settings, len(data.classes))]
        return {
            'classes': list(data.classes),
            'inputs': [image_input('image', settings.model.input_wh)],
            'outputs': [{'name': OUTPUT, 'dtype': 'float32', 'shape': shape}],
        }

    def inputs(
        self, settings: TrainingSettings, data: PictureData, index: int
    ) -> dict[str, NDArray]:
        """Write a picture."""
        return {'image': write_pictures(data.read(index), settings.model)[None]}

    def probe(self, network: nn.Module, settings: TrainingSettings, data: PictureData) -> bytes:
        """Let torch answer to a picture of the data."""
        inputs = self.inputs(settings, data, 0)
        deployed = self.deployed(fused(network), network).eval()
        with torch.inference_mode():
            found = deployed(torch.from_numpy(inputs['image']))
        return pack_probe(inputs, {OUTPUT: found.numpy()})
