"""Pictures in, detections out: write the input, run the engine, decode, bring the boxes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
import time

from factory_perception.engines.engine import Engine, TensorBuffers
from factory_perception.model_store.folder import ModelFolder
from factory_perception.model_store.manifest import ModelError
from factory_perception.vision.decoders import Limits, make_decoder
from factory_perception.vision.detections import Detections
from factory_perception.vision.image_view import ColourImage
from factory_perception.vision.letterbox import InputWriter

#: Name of the input for a faultless picture.
TEMPLATE = 'template'


@dataclass(frozen=True)
class StageTimes:
    """How long one batch took, in nanoseconds."""

    prepare_ns: int
    infer_ns: int
    decode_ns: int


class Detector:
    """One detection model on one engine, for one thread.

    ``limits`` may be exchanged between two calls; ``engine`` too, through ``use``.
    """

    def __init__(self, folder: ModelFolder, engine: Engine) -> None:
        """Prepare the pipeline that the model's manifest describes.

        Raises:
            ModelError: the model is no detector, or the manifest does not describe its input.
        """
        manifest = folder.manifest
        if manifest.task != 'detect':
            raise ModelError(f'{folder.label} is a model for {manifest.task}, not for detect')
        spec = manifest.inputs[0]
        rule = manifest.image_rules.get(spec.name)
        names = [item.name for item in manifest.inputs]
        if rule is None or names[1:] not in ([], [TEMPLATE]):
            raise ModelError(
                f'{folder.label} must have one input, an image, and may have a second one called '
                f'{TEMPLATE}; it has {"; ".join(map(str, manifest.inputs))}'
            )
        height, width = spec.shape[2:]
        if height is None or width is None:
            raise ModelError(f'{folder.label}: the input image must have a fixed size')
        self.classes = manifest.classes
        self.limits = Limits(
            manifest.thresholds.get('score', 0.3),
            manifest.thresholds.get('iou', 0.5),
            int(manifest.thresholds.get('max_detections', 100)),
        )
        self._input = spec.name
        self.needs_template = TEMPLATE in names
        self._writer = InputWriter(rule, (width, height))
        self._decode = make_decoder(manifest)
        self.use(engine)

    def use(self, engine: Engine) -> None:
        """Run on another engine of the same model from the next call on."""
        self.engine = engine
        self._buffers: dict[int, TensorBuffers] = {}

    def detect(
        self, images: Sequence[ColourImage], templates: Sequence[ColourImage] = ()
    ) -> tuple[list[Detections], StageTimes]:
        """Run one batch of pictures, each of any size.

        Args:
            images: the pictures.
            templates: a faultless picture of the part in each, aligned with it; only and always for
                a model that needs them.

        Returns:
            The detections of each picture, in its own pixels, and where the time went.

        Raises:
            EngineError: the engine does not take so many pictures, or failed.
            ValueError: templates are missing or not wanted.
        """
        if len(templates) != (len(images) if self.needs_template else 0):
            raise ValueError(f'{len(images)} pictures with {len(templates)} templates')
        start = time.perf_counter_ns()
        buffers = self._buffers_for(len(images))
        tensor = buffers.inputs[self._input]
        fits = [self._writer.write(image, tensor[index]) for index, image in enumerate(images)]
        for index, template in enumerate(templates):
            self._writer.write(template, buffers.inputs[TEMPLATE][index])
        prepared = time.perf_counter_ns()
        self.engine.infer(buffers)
        inferred = time.perf_counter_ns()
        results = []
        for index, fit in enumerate(fits):
            found = self._decode(buffers.outputs, index, self.limits)
            results.append(found.with_boxes(fit.to_source(found.boxes_xyxy)))
        decoded = time.perf_counter_ns()
        return results, StageTimes(prepared - start, inferred - prepared, decoded - inferred)

    def _buffers_for(self, batch: int) -> TensorBuffers:
        if batch not in self._buffers:
            self._buffers[batch] = self.engine.buffers(batch)
        return self._buffers[batch]
