"""The size that pictures are fitted to: given, as it was in the run that goes on, or by the data.

Pictures of every shape cost the same for the same number of pixels, so that a preset names pixels
and the data name the shape.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from factory_perception.training.data import PictureData
from factory_perception.training.networks.trunk import STRIDES
from factory_perception.training.setting_tree import SettingsError
from factory_perception.training.settings import TrainingSettings

#: So many pictures, spread over the set, tell its shape.
_LOOKED_AT = 25
#: What the pixels may be exceeded by: 448 x 448 stands for 512 x 384.
_SLACK = 1.05
#: Smaller pictures are enlarged to this: a network sees nothing in 28 pixels.
_SMALLEST = 96
_STEP = STRIDES[-1]


def with_input_size(
    settings: TrainingSettings, data: PictureData, before: TrainingSettings | None
) -> TrainingSettings:
    """Settle ``model.input_wh`` where the settings leave it to the pictures.

    Args:
        settings: as asked for.
        data: pictures to learn from.
        before: settings of the run that goes on; its size is kept.

    Raises:
        SettingsError: only one side is given, or one below 1.
        DatasetError: a picture cannot be read.
    """
    model = settings.model
    if any(model.input_wh):
        if min(model.input_wh) < 1:
            raise SettingsError(
                f'model.input_wh is {list(model.input_wh)}; give both sides, or [0, 0] for the '
                'shape of the pictures'
            )
        return settings
    chosen = before.model.input_wh if before else (0, 0)
    if not any(chosen):
        chosen = fitting_size(_usual_size(data), model.input_pixels)
    return replace(settings, model=replace(model, input_wh=chosen))


def fitting_size(size_wh: tuple[int, int], pixels: int) -> tuple[int, int]:
    """Give the sides, multiples of 32, in which a picture stands largest.

    Of those that show it equally large the fewest pixels are taken, and none larger than the
    picture but for the smallest: enlarging shows nothing new.

    Args:
        size_wh: width and height of the picture.
        pixels: how many pixels there may be, about.
    """
    width, height = size_wh

    def gain(sides: tuple[int, int]) -> tuple[float, int]:
        return min(sides[0] / width, sides[1] / height), -sides[0] * sides[1]

    most = max(pixels * _SLACK, _STEP**2)
    return max(
        ((w, h) for w in _sides(width) for h in _sides(height) if w * h <= most), key=gain
    )  # fmt: skip


def require_whole_cells(input_wh: tuple[int, int], coarsest: int = STRIDES[-1]) -> None:
    """Refuse a size whose coarsest features would not be whole cells.

    Raises:
        SettingsError: a side is no multiple of the coarsest stride.
    """
    if any(side % coarsest for side in input_wh):
        raise SettingsError(
            f'model.input_wh is {list(input_wh)}; both sides must be multiples of {coarsest}'
        )


def _sides(side: int) -> Iterable[int]:
    return range(_STEP, max(-(-side // _STEP) * _STEP, _SMALLEST) + 1, _STEP)


def _usual_size(data: PictureData) -> tuple[int, int]:
    """Give the geometric means of width and height; pictures that lie and stand make a square."""
    looked_at = np.unique(np.linspace(0, len(data) - 1, _LOOKED_AT).astype(int))
    sizes = [data.read(int(index)).image_bgr.shape[1::-1] for index in looked_at]
    width, height = np.exp(np.log(sizes).mean(0))
    return round(width), round(height)
