"""Tables of comma-separated values, plain or .gz, with errors that name the line."""

from __future__ import annotations

from collections.abc import Sequence
import csv
from dataclasses import dataclass
import gzip
import io
import zlib

import numpy as np
from numpy.typing import NDArray

from factory_perception.training.datasets.folder import DataFolder
from factory_perception.training.datasets.numbers import number
from factory_perception.training.datasets.problems import bad, DatasetError

#: Of unpacked text; a day of 100 joints at 10 Hz has half of it.
_MAX_BYTES = 512 * 1024 * 1024


@dataclass(frozen=True)
class Table:
    """Rows of text below a header; ``lines`` are their line numbers in the file."""

    file: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str) -> list[str]:
        """Give a column as text.

        Raises:
            DatasetError: there is no such column.
        """
        if name not in self.header:
            text = f'has no column {name} ({", ".join(self.header[:12])})'
            raise bad('columns', text, 'add it', 1).within(self.file)
        place = self.header.index(name)
        return [row[place].strip() for row in self.rows]

    def numbers(self, name: str) -> NDArray[np.float64]:
        """Give a column as float64; an empty cell or ``nan`` is NaN.

        Raises:
            DatasetError: there is no such column, or a cell is no finite number.
        """
        cells = self.column(name)
        try:
            return np.array([_cell(cell, name, line) for cell, line in zip(cells, self.lines)])
        except DatasetError as error:
            raise error.within(self.file) from None

    def select(self, keep: Sequence[int]) -> Table:
        """Give some of the rows."""
        rows = tuple(self.rows[place] for place in keep)
        return Table(self.file, self.header, rows, tuple(self.lines[place] for place in keep))


def _cell(cell: str, name: str, line: int) -> float:
    return np.nan if cell in ('', 'nan', 'NaN') else number(cell, name, line)


def header_of(folder: DataFolder, file: str) -> tuple[str, ...]:
    """Give the header of a table, empty when it cannot be read."""
    opened = gzip.open if file.endswith('.gz') else open
    try:
        with opened(folder.path(file), 'rt', encoding='utf-8-sig', newline='') as stream:
            row = next(csv.reader([stream.readline(1_000_000)]), [])
    except (OSError, EOFError, ValueError, csv.Error, zlib.error):
        return ()
    return tuple(name.strip() for name in row)


def read_table(folder: DataFolder, file: str) -> Table:
    """Read a table.

    Raises:
        DatasetError: it is no UTF-8 text, has no rows, or a row is cut off.
    """
    try:
        return _read(folder, file)
    except DatasetError as error:
        raise error.within(file) from None


def _read(folder: DataFolder, file: str) -> Table:
    reader = csv.reader(io.StringIO(_text(folder, file), newline=''))
    numbered = []
    try:
        for row in reader:
            if row:
                numbered.append((reader.line_num, tuple(row)))
    except csv.Error as error:
        raise bad('columns', f'is no table: {error}', 'write it again', reader.line_num) from error
    if len(numbered) < 2:
        raise bad('empty', 'holds no samples', 'record some or remove it')
    header = tuple(name.strip() for name in numbered[0][1])
    for line, cells in numbered[1:]:
        if len(cells) != len(header):
            text = f'{len(cells)} cells instead of {len(header)}'
            raise bad('columns', text, 'complete the line or remove it', line)
    lines = tuple(line for line, _ in numbered[1:])
    return Table(file, header, tuple(row for _, row in numbered[1:]), lines)


def _text(folder: DataFolder, file: str) -> str:
    path = folder.path(file)
    try:
        if file.endswith('.gz'):
            with gzip.open(path) as packed:
                data = packed.read(_MAX_BYTES + 1)
        else:
            data = path.read_bytes()
        if len(data) > _MAX_BYTES:
            raise bad('size', f'is larger than {_MAX_BYTES} bytes', 'divide it')
        return data.decode('utf-8-sig')
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise bad('gzip', 'is a broken gzip file', 'copy it again') from error
    except UnicodeDecodeError as error:
        raise bad('encoding', 'is no UTF-8 text', 'save it as UTF-8') from error
