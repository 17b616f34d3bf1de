"""A sheet of samples with their labels drawn in, to see at a glance whether they fit."""

from __future__ import annotations

from collections.abc import Collection

import cv2
import numpy as np

from factory_perception.training.datasets.opened import Opened
from factory_perception.training.datasets.picture_set import PictureIndex
from factory_perception.training.datasets.preview_pictures import picture_sheet
from factory_perception.training.datasets.preview_series import series_sheet
from factory_perception.training.datasets.problems import DatasetError, Problem

#: Kinds of files that a sheet can be written as, with how.
_KINDS = {'.jpg': [cv2.IMWRITE_JPEG_QUALITY, 90], '.jpeg': [], '.png': []}


def require_kind(suffix: str) -> None:
    """Refuse a file that no sheet can be written to, before anything is read.

    Raises:
        DatasetError: its name ends otherwise.
    """
    if suffix.lower() not in _KINDS:
        text = f'no sheet is written as "{suffix}"'
        raise DatasetError(Problem('preview', text, f'let the name end in {", ".join(_KINDS)}'))


def preview(opened: Opened, without: Collection[str] = (), suffix: str = '.jpg') -> bytes:
    """Draw a sheet of samples, balanced over the classes, as a picture.

    Args:
        opened: the data set.
        without: names of entries that cannot be read.
        suffix: the end of the file's name, which decides about the kind of picture.

    Raises:
        DatasetError: nothing is left to draw.
    """
    index = opened.index
    if isinstance(index, PictureIndex):
        records = [record for record in index.records if record.name not in without]
        sheet = picture_sheet(opened.origin, index, records) if records else None
    else:
        sources = [source for source in index.sources if source.name not in without]
        sheet = series_sheet(opened.origin, index, sources) if sources else None
    if sheet is None:
        raise DatasetError(Problem('empty', 'there is nothing to draw', 'mend the errors first'))
    _, data = cv2.imencode(suffix, sheet, _KINDS[suffix.lower()])
    return bytes(np.asarray(data, np.uint8).tobytes())
