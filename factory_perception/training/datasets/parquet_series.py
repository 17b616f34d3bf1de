"""Parquet tables of joints over time: read as the CSV file with the same columns would be.

Needs pyarrow, which nothing else here does; without it such a set is recognised and refused.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
import tempfile

from factory_perception.training.datasets.folder import DataFolder, parent, stem
from factory_perception.training.datasets.joint_csv import groups_of, labels_in, read_csv
from factory_perception.training.datasets.part_names import part_of_path
from factory_perception.training.datasets.problems import bad, Problems
from factory_perception.training.datasets.series import Recording
from factory_perception.training.datasets.series_set import SeriesIndex, Source

NAME = 'parquet_series'
TASKS: tuple[str, ...] = ('forecast', 'fault')
LOOKS_FOR = '<recording>.parquet with the columns of such a CSV file (needs pyarrow)'


def sign(folder: DataFolder) -> str | None:
    """Say why a folder looks like this format."""
    files = _files(folder)
    return f'{len(files)} Parquet files, such as {files[0]}' if files else None


def _files(folder: DataFolder) -> list[str]:
    return [name for name in folder.files if name.lower().endswith('.parquet')]


def read(folder: DataFolder, task: str, problems: Problems) -> SeriesIndex:
    """List all tables; each is one recording.

    Raises:
        DatasetError: pyarrow is not installed.
    """
    files = _files(folder)
    if find_spec('pyarrow') is None:
        text = 'Parquet files cannot be read without pyarrow'
        raise bad('parquet', text, 'pip install pyarrow, or save them as CSV').within(files[0])
    sources = []
    labels: set[str] = set()
    for file, group in groups_of(files).items():
        name = f'{parent(file)}/{stem(file)}'.lstrip('/')
        load = partial(read_parquet, folder.path(file), name)
        part = part_of_path(parent(file))
        labels |= labels_in(_header(folder.path(file)), load)
        sources.append(Source(name, file, load, group, (folder.path(file),), split=part))
    return SeriesIndex(task, tuple(sorted(labels)), tuple(sources))


def _header(path: Path) -> list[str]:
    import pyarrow
    from pyarrow import parquet

    try:
        return list(parquet.read_schema(path).names)
    except pyarrow.ArrowException:
        return []  # reading it says what is wrong


def read_parquet(path: Path, name: str) -> Recording:
    """Read one table.

    Raises:
        DatasetError: it is no Parquet file, or has no time or joint.
    """
    import pyarrow
    from pyarrow import csv, parquet

    with tempfile.TemporaryDirectory(prefix='factory_perception_') as scratch:
        copy = Path(scratch) / 'table.csv'
        try:
            csv.write_csv(parquet.read_table(path), copy)
        except pyarrow.ArrowException as error:
            raise bad('parquet', f'is no readable table: {error}', 'write it again') from error
        return replace(read_csv(DataFolder(copy), 'table.csv'), name=name)
