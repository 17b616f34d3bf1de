"""Pictures of a folder as the trainer wants them, read one by one when they are wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from factory_perception.training.data import Example
from factory_perception.training.datasets.box_labels import BoxLabels
from factory_perception.training.datasets.fingerprint import fingerprint
from factory_perception.training.datasets.masks import MaskSource
from factory_perception.training.datasets.pixels import PictureFile, Pixels, to_bgr
from factory_perception.training.datasets.problems import bad, DatasetError, Problem


@dataclass(frozen=True)
class Record:
    """One picture and where its truth lies.

    Attributes:
        name: of the picture below the data folder.
        pixels: the picture.
        recording: what it was taken from; pictures of one recording are alike.
        split: which part of the set its place in the folder says, or ``''``.
        boxes: labels (detect).
        label: class id (classify, anomaly).
        mask: truth for every pixel, where known (segment, anomaly).
        template: a faultless picture of the same part.
        files: the other files that it is made of: labels, masks, the template.
        stated_wh: the size of the picture as the labels say it.
    """

    name: str
    pixels: Pixels
    recording: str = ''
    split: str = ''
    boxes: BoxLabels | None = None
    label: int | None = None
    mask: MaskSource | None = None
    template: PictureFile | None = None
    files: tuple[Path, ...] = ()
    stated_wh: tuple[int, int] | None = None


@dataclass(frozen=True)
class PictureIndex:
    """All pictures of a folder.

    Attributes:
        classes: names; in segmentation the first is the background.
        records: in natural order of their names.
        recordings_known: whether ``recording`` comes from the format, not from a guess by name.
        files: those that all pictures share, such as a list of classes.
    """

    task: str
    classes: tuple[str, ...]
    records: tuple[Record, ...]
    recordings_known: bool = False
    files: tuple[Path, ...] = ()


@dataclass
class PictureSet:
    """Some or all pictures of a folder: a ``PictureData``.

    Attributes:
        task: one of ``PICTURE_TASKS``.
        origin: folder, format and split in words.
        classes: names; in segmentation the first is the background.
        records: the pictures.
        root: the data folder.
        files: those that all pictures share, such as a list of classes.
        problems: what was found while reading, and what was left out because of it.
    """

    task: str
    origin: str
    classes: Sequence[str]
    records: tuple[Record, ...]
    root: Path
    files: tuple[Path, ...] = ()
    problems: tuple[Problem, ...] = field(default=(), repr=False)

    _sha256: str = field(default='', init=False, repr=False)

    @property
    def sha256(self) -> str:
        """Hash the names, sizes and contents of the files used, and how they are read."""
        if not self._sha256:
            used = [*self.files]
            for record in self.records:
                used += [record.pixels.path, *record.files]
            names = [record.name for record in self.records]
            self._sha256 = fingerprint(self.root, used, [self.task, *self.classes, '', *names])
        return self._sha256

    @sha256.setter
    def sha256(self, value: str) -> None:
        self._sha256 = value  # PictureData declares a plain attribute

    def __len__(self) -> int:
        return len(self.records)

    def name(self, index: int) -> str:
        """Give the name of a picture below the data folder."""
        return self.records[index].name

    def read(self, index: int) -> Example:
        """Read a picture with what is known about it.

        Raises:
            DatasetError: the picture, its mask or its template is broken or of another size, or
                a box lies outside; the text names the file.
        """
        try:
            return read_record(self.records[index])
        except DatasetError as error:
            raise DatasetError(error.problem, self.root) from None


def read_record(record: Record) -> Example:
    """Read one picture with what is known about it.

    Raises:
        DatasetError: something is broken or does not fit.
    """
    image = to_bgr(record.pixels.load())
    size = image.shape[1], image.shape[0]
    if record.stated_wh not in (None, size):
        raise DatasetError(wrong_size(record, size))
    boxes = None if record.boxes is None else record.boxes.detections(size)
    try:
        mask = None if record.mask is None else record.mask.load(size)
    except DatasetError as error:
        raise error.within(record.name) from None
    template = None if record.template is None else to_bgr(record.template.load())
    if template is not None and template.shape != image.shape:
        assert record.template is not None
        text = f'a template of {template.shape[1]} x {template.shape[0]} for a picture of '
        raise bad(
            'template-size', text + f'{size[0]} x {size[1]}', 'cut both to the same part'
        ).within(record.template.name)
    return Example(image, boxes, record.label, mask, template)


def wrong_size(record: Record, size_wh: tuple[int, int]) -> Problem:
    """Make the problem of a picture that has not the size its labels say."""
    assert record.stated_wh is not None
    stated = f'{record.stated_wh[0]} x {record.stated_wh[1]}'
    return Problem(
        'size',
        f'the picture has {size_wh[0]} x {size_wh[1]} pixels, its labels are for {stated}',
        'label the picture as it is now: it was scaled, or turned by its EXIF data',
        record.name,
        record=record.name,
    )
