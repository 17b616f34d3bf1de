"""The IDX files of MNIST: ``train-images-idx3-ubyte`` with ``train-labels-idx1-ubyte``, or .gz.

Format: two zero bytes, 8 for unsigned bytes, the number of dimensions, then each dimension as a
big-endian 32-bit number, then the values (yann.lecun.com/exdb/mnist).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
import gzip
from pathlib import Path
import re
import struct
from typing import Any
import zlib

import numpy as np
from numpy.typing import NDArray

from factory_perception.training.datasets.class_names import class_list
from factory_perception.training.datasets.folder import DataFolder
from factory_perception.training.datasets.part_names import split_word
from factory_perception.training.datasets.picture_set import PictureIndex, Record
from factory_perception.training.datasets.problems import bad, DatasetError, Problems

NAME = 'idx'
TASKS: tuple[str, ...] = ('classify',)
LOOKS_FOR = 'train-images-idx3-ubyte and train-labels-idx1-ubyte (MNIST), plain or .gz'
_IMAGES = re.compile(r'^(.*)images([-.])idx3([-.]ubyte)?(\.gz)?$')
_MAX_BYTES = 4 * 1024**3


@dataclass
class IdxFile:
    """An array in a file, read when it is wanted."""

    path: Path
    name: str
    dimensions: int

    @cached_property
    def values(self) -> NDArray[np.uint8]:
        """Give the values, uint8, with ``dimensions`` axes.

        Raises:
            DatasetError: it is no such file, or not as long as its head says.
        """
        try:
            return self._read()
        except DatasetError as error:
            raise error.within(self.name) from None

    def _read(self) -> NDArray[np.uint8]:
        size = 4 + 4 * self.dimensions
        if self.path.suffix != '.gz':
            with self.path.open('rb') as file:
                shape = self._shape(file.read(size))
            if self.path.stat().st_size != size + int(np.prod(shape)):
                raise self._wrong_length(shape)
            return np.memmap(self.path, np.uint8, 'r', size, shape)
        try:
            with gzip.open(self.path) as packed:
                shape = self._shape(packed.read(size))
                data = packed.read(int(np.prod(shape)) + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise bad('idx', 'is a broken gzip file', 'copy it again') from error
        if len(data) != np.prod(shape):
            raise self._wrong_length(shape)
        return np.frombuffer(data, np.uint8).reshape(shape)

    def _shape(self, head: bytes) -> tuple[int, ...]:
        if head[:4] != bytes([0, 0, 8, self.dimensions]) or len(head) != 4 + 4 * self.dimensions:
            text = f'is no IDX file of bytes in {self.dimensions} dimensions'
            raise bad('idx', text, 'copy it again')
        shape = struct.unpack(f'>{self.dimensions}I', head[4:])
        product = 1
        for side in shape:
            product *= side
        if product > _MAX_BYTES:
            raise bad('idx', f'claims {product} values', 'copy it again')
        return shape

    def _wrong_length(self, shape: tuple[int, ...]) -> DatasetError:
        return bad('idx', f'is not as long as its size {shape} says', 'copy it again')


@dataclass(frozen=True)
class IdxPicture:
    """One picture of an IDX file."""

    file: IdxFile
    index: int

    @property
    def path(self) -> Path:
        """Give the file that it is in."""
        return self.file.path

    def load(self) -> NDArray[Any]:
        """Give uint8 ``(H, W)``."""
        return np.array(self.file.values[self.index])


def sign(folder: DataFolder) -> str | None:
    """Say why a folder looks like this format."""
    files = [name for name in folder.files if _IMAGES.match(name)]
    return ', '.join(files) if files else None


def read(folder: DataFolder, task: str, problems: Problems) -> PictureIndex:
    """List all pictures as ``<file>#<number>``; classes are the numbers, or classes.txt."""
    records: list[Record] = []
    listed = class_list(folder)
    most = len(listed[1]) if listed else 256
    for name in folder.files:
        match = _IMAGES.match(name)
        if match is None:
            continue
        label = f'{match[1]}labels{match[2]}idx1{match[3] or ""}'
        file = next((one for one in (label + (match[4] or ''), label, f'{label}.gz')
                     if one in folder), None)  # fmt: skip
        try:
            if file is None:
                raise bad('label-missing', f'has no {label}', 'add it')
            records += _records(folder, name, file, most)
        except DatasetError as error:
            problems.caught(error, name)
    largest = max((record.label or 0 for record in records), default=0)
    classes = listed[1] if listed else tuple(map(str, range(largest + 1)))
    return PictureIndex(task, classes, tuple(records))


def _records(folder: DataFolder, name: str, label: str, most: int) -> list[Record]:
    images = IdxFile(folder.path(name), name, 3)
    labels = IdxFile(folder.path(label), label, 1).values
    if len(images.values) != len(labels):
        text = f'{len(labels)} labels for {len(images.values)} pictures of {name}'
        raise bad('idx', text, 'copy both again').within(label)
    wrong = np.flatnonzero(labels >= most)
    if len(wrong):
        text = f'label {labels[wrong[0]]} of picture {wrong[0]}, but there are {most} classes'
        raise bad('unknown-class', text, 'correct classes.txt').within(label)
    part = 'test' if 't10k' in name else split_word(name)
    return [
        Record(
            f'{name}#{index}',
            IdxPicture(images, index),
            name,
            part,
            label=int(labels[index]),
            files=(folder.path(label),),
        )
        for index in range(len(labels))
    ]
