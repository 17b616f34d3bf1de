"""Pictures in, one probability a class out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from factory_perception.engines.engine import Engine
from factory_perception.model_store.folder import ModelFolder
from factory_perception.model_store.manifest import ModelError
from factory_perception.vision.image_view import ColourImage
from factory_perception.vision.letterbox import InputWriter, Letterbox


class PictureModel:
    """A model with one picture in and one tensor out, on one engine, for one thread."""

    def __init__(self, folder: ModelFolder, engine: Engine, task: str) -> None:
        """Prepare the pipeline that the manifest describes.

        Raises:
            ModelError: the model is for another task, or its manifest describes no image.
        """
        manifest = folder.manifest
        if manifest.task != task:
            raise ModelError(f'{folder.label} is a model for {manifest.task}, not for {task}')
        spec = manifest.inputs[0]
        rule = manifest.image_rules.get(spec.name)
        height, width = spec.shape[2:] if len(spec.shape) == 4 else (None, None)
        if rule is None or height is None or width is None or len(manifest.outputs) != 1:
            raise ModelError(
                f'{folder.label} must have one image of a fixed size in, one tensor out'
            )
        self.classes = manifest.classes
        self.engine = engine
        self._input, self._output = spec.name, manifest.outputs[0].name
        self._writer = InputWriter(rule, (width, height))
        self._buffers = engine.buffers(1)

    def run(self, image: ColourImage) -> tuple[NDArray[np.float32], Letterbox]:
        """Run one picture; give the output without the batch, and how the picture was fitted."""
        fit = self._writer.write(image, self._buffers.inputs[self._input][0])
        self.engine.infer(self._buffers)
        return self._buffers.outputs[self._output][0], fit


class Classifier(PictureModel):
    """Names what a picture shows."""

    def __init__(self, folder: ModelFolder, engine: Engine) -> None:
        super().__init__(folder, engine, 'classify')

    def classify(self, images: Sequence[ColourImage]) -> NDArray[np.float32]:
        """Give probabilities ``(N, C)``."""
        return np.stack([self.run(image)[0].copy() for image in images])
