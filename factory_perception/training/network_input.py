"""Pictures as the networks see them, in training and in the nodes alike."""

from __future__ import annotations

import numpy as np

from factory_perception.model_store.manifest import ImageRule
from factory_perception.training.data import Example
from factory_perception.training.setting_tree import SettingsError
from factory_perception.training.settings import ModelSettings
from factory_perception.vision.image_view import ColourImage
from factory_perception.vision.letterbox import InputWriter

#: Pixels as the networks see them: roughly -2 to 2.
IMAGE_RULE = ImageRule('bgr', (114.0,) * 3, (60.0,) * 3, 'letterbox', 114)


def write_pictures(example: Example, model: ModelSettings) -> np.ndarray:
    """Write a picture, and its template behind it, as the nodes would: ``(C, H, W)`` float32.

    Raises:
        SettingsError: the network wants a template and the data set has none.
    """
    pictures = [example.image_bgr]
    if model.template:
        if example.template_bgr is None:
            raise SettingsError('model.template is set, but this data set has no templates')
        pictures.append(example.template_bgr)
    width, height = model.input_wh
    writer = InputWriter(IMAGE_RULE, model.input_wh)
    image = np.empty((3 * len(pictures), height, width), np.float32)
    for number, picture in enumerate(pictures):
        writer.write(ColourImage(picture, 'bgr'), image[3 * number : 3 * number + 3])
    return image
