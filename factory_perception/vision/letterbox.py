"""Fit a picture into the input of a network, and boxes back into the picture."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from factory_perception.model_store.manifest import ImageRule
from factory_perception.vision.boxes import clip
from factory_perception.vision.image_view import ColourImage

_CHANNELS = {'bgr': (0, 1, 2), 'rgb': (2, 1, 0)}


@dataclass(frozen=True)
class Letterbox:
    """Where a picture of one size lies inside an input of another size.

    ``resized_wh`` is what the picture is scaled to, ``offset_xy`` where its corner comes to lie.
    The scale of each axis is the ratio of whole pixels, so that ``to_source`` undoes ``to_input``
    exactly whatever the rounding was.
    """

    source_wh: tuple[int, int]
    input_wh: tuple[int, int]
    resized_wh: tuple[int, int]
    offset_xy: tuple[int, int]

    @staticmethod
    def fit(source_wh: tuple[int, int], input_wh: tuple[int, int], rule: str) -> Letterbox:
        """Plan the fit by a resize rule of the manifest.

        ``letterbox`` keeps the aspect ratio and centres, ``letterbox_top_left`` keeps it and pads
        on the right and below, ``stretch`` fills the input.
        """
        if rule == 'stretch':
            return Letterbox(source_wh, input_wh, input_wh, (0, 0))
        scale = min(input_wh[0] / source_wh[0], input_wh[1] / source_wh[1])
        width = min(max(round(source_wh[0] * scale), 1), input_wh[0])
        height = min(max(round(source_wh[1] * scale), 1), input_wh[1])
        offset = (0, 0)
        if rule == 'letterbox':
            offset = ((input_wh[0] - width) // 2, (input_wh[1] - height) // 2)
        return Letterbox(source_wh, input_wh, (width, height), offset)

    def _scale(self) -> NDArray[np.float64]:
        scale = np.divide(self.resized_wh, self.source_wh)
        return np.concatenate([scale, scale])

    def to_input(self, boxes_xyxy: NDArray) -> NDArray[np.float32]:
        """Move boxes ``(N, 4)`` from the picture to the input of the network."""
        offset = np.array([*self.offset_xy, *self.offset_xy])
        return (boxes_xyxy * self._scale() + offset).astype(np.float32)

    def to_source(self, boxes_xyxy: NDArray) -> NDArray[np.float32]:
        """Move boxes ``(N, 4)`` from the input back to the picture, cut at its edges."""
        offset = np.array([*self.offset_xy, *self.offset_xy])
        return clip((boxes_xyxy - offset) / self._scale(), self.source_wh).astype(np.float32)


class InputWriter:
    """Writes pictures into the input tensor of a network: resize, pad, normalise, channels first.

    One writer belongs to one thread; its scratch picture is used again for every frame.
    """

    def __init__(self, rule: ImageRule, input_wh: tuple[int, int]) -> None:
        self.rule = rule
        self.input_wh = input_wh
        channels = 1 if rule.colour_order == 'grey' else 3
        self._canvas = np.zeros((input_wh[1], input_wh[0], channels), np.uint8)
        self._padded_for: Letterbox | None = None
        self._gain = [np.float32(1 / std) for std in rule.std]
        self._shift = [np.float32(-mean / std) for mean, std in zip(rule.mean, rule.std)]

    def plan(self, source_wh: tuple[int, int]) -> Letterbox:
        """Plan the fit of a picture of some size."""
        return Letterbox.fit(source_wh, self.input_wh, self.rule.resize)

    def write(self, image: ColourImage, out: NDArray) -> Letterbox:
        """Write one picture into its slice of a batch.

        Args:
            image: the picture.
            out: ``(C, H, W)`` float32 or uint8 view of the input tensor.

        Returns:
            The fit, to bring boxes back with.
        """
        letterbox = self.plan(image.size_wh)
        canvas = self._canvas
        if letterbox != self._padded_for:
            canvas[:] = self.rule.pad_value
            self._padded_for = letterbox
        (left, top), (width, height) = letterbox.offset_xy, letterbox.resized_wh
        target = canvas[top : top + height, left : left + width]
        pixels = image.pixels
        if self.rule.colour_order == 'grey' and image.order != 'grey':
            code = cv2.COLOR_BGR2GRAY if image.order == 'bgr' else cv2.COLOR_RGB2GRAY
            pixels = np.asarray(cv2.cvtColor(pixels, code))
        if (width, height) != letterbox.source_wh:
            pixels = np.asarray(cv2.resize(pixels, (width, height)))
        target[:] = pixels[..., None] if pixels.ndim == 2 else pixels
        self._write_planes(image.order, out)
        return letterbox

    def _write_planes(self, order: str, out: NDArray) -> None:
        for plane in range(out.shape[0]):
            source = plane
            if out.shape[0] == 3 and order != 'grey' and order != self.rule.colour_order:
                source = 2 - plane
            if out.dtype == np.uint8:
                out[plane] = self._canvas[..., source]
                continue
            np.multiply(self._canvas[..., source], self._gain[plane], out=out[plane])
            if self._shift[plane]:
                out[plane] += self._shift[plane]
