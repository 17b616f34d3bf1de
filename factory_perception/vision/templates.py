"""Pictures of faultless parts, for models that compare what they see with what should be there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from factory_perception.vision.image_view import ColourImage, ImageError
from factory_perception.vision.pictures import read_picture


def read_templates(paths: Sequence[str], cameras: int, needed: bool) -> list[ColourImage]:
    """Read the template of each camera.

    Args:
        paths: picture files in the order of the cameras; one alone serves them all, and an empty
            name stands for none.
        cameras: how many there are.
        needed: whether the model compares with a template.

    Raises:
        ValueError: there are too few or too many, or the model has no use for them.
        PictureError, OSError: one cannot be read; the text names it.
    """
    names = [path for path in paths if path]
    if not needed:
        if names:
            raise ValueError('parameter templates is set, but this model compares with nothing')
        return []
    if len(names) not in (1, cameras):
        raise ValueError(
            'this model compares pictures with those of faultless parts: set the parameter '
            f'templates to one file, or to one for each of the {cameras} cameras; '
            f'it names {len(names)}'
        )
    images = [ColourImage(read_picture(Path(name).expanduser()), 'bgr') for name in names]
    return images * cameras if len(images) == 1 else images


def require_aligned(image: ColourImage, template: ColourImage) -> None:
    """Refuse a picture that cannot lie over its template.

    Raises:
        ImageError: their sizes differ.
    """
    if image.size_wh != template.size_wh:
        size, other = ('{}x{}'.format(*item.size_wh) for item in (image, template))
        raise ImageError(f'the picture is {size}, its template {other}: take both with one camera')
