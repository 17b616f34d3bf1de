"""All formats, and which of them a folder is in."""

from __future__ import annotations

from typing import Protocol

from factory_perception.training.datasets import (
    bag_series,
    bearing,
    coco,
    deeppcb,
    force_windows,
    idx,
    image_folder,
    joint_csv,
    mask_folder,
    mvtec,
    npz_series,
    parquet_series,
    run_tables,
    sequence_tables,
    ur3_log,
    voc,
    yolo,
)
from factory_perception.training.datasets.folder import DataFolder
from factory_perception.training.datasets.picture_set import PictureIndex
from factory_perception.training.datasets.problems import Problems
from factory_perception.training.datasets.series_set import SeriesIndex


class Format(Protocol):
    """A module that reads one format."""

    NAME: str
    TASKS: tuple[str, ...]
    LOOKS_FOR: str

    def sign(self, folder: DataFolder) -> str | None:
        """Say why a folder looks like this format, or ``None``."""

    def read(self, folder: DataFolder, task: str, problems: Problems) -> PictureIndex | SeriesIndex:
        """List everything in it."""


FORMATS: tuple[Format, ...] = (
    coco, voc, yolo, deeppcb, image_folder, mvtec, mask_folder, idx,
    run_tables, sequence_tables, ur3_log, bearing, force_windows, npz_series, joint_csv,
    parquet_series, bag_series,
)  # fmt: skip
FORMAT_NAMES = tuple(one.NAME for one in FORMATS)
#: Where one of the first looks right, the second is a misunderstanding.
_RATHER = {
    'deeppcb': ('yolo', 'mask_folder'),
    'coco': ('image_folder',),
    'voc': ('image_folder',),
    'run_tables': ('joint_csv',),
    'sequence_tables': ('joint_csv',),
    'ur3_log': ('joint_csv',),
    'force_windows': ('joint_csv',),
    'bearing': ('joint_csv', 'npz_series'),
}


def signs_of(folder: DataFolder, format_name: str | None) -> list[tuple[Format, str]]:
    """Give the formats that a folder looks like, and why; misunderstandings are left out."""
    wanted = [one for one in FORMATS if format_name in (None, one.NAME)]
    signs = {one.NAME: (one, why) for one in wanted if (why := one.sign(folder)) is not None}
    weaker = {name for found in signs for name in _RATHER.get(found, ())}
    return [entry for name, entry in signs.items() if name not in weaker]
