"""The files of a data set. Only what was listed here is ever opened, whatever a label file says."""

from __future__ import annotations

from collections.abc import Iterator
import os
from pathlib import Path, PurePosixPath
import re

from factory_perception.training.datasets.pixels import PictureFile
from factory_perception.training.datasets.problems import bad, DatasetError, Problem
from factory_perception.vision.pictures import SUFFIXES

#: Left behind by archivers and file managers.
_LITTER = ('__MACOSX', 'Thumbs.db', 'desktop.ini')


def natural_key(name: str) -> list[tuple[int, str]]:
    """Sort ``a/frame_10`` after ``a/frame_9``."""
    return [(int(part), '') if part.isdigit() else (0, part) for part in re.split(r'(\d+)', name)]


def is_picture(name: str) -> bool:
    """Say whether a name ends like a picture file."""
    return name.lower().endswith(SUFFIXES)


def stem(name: str) -> str:
    """Give a file's name without folders and without its ending."""
    base = name.rpartition('/')[2]
    dot = base.rfind('.')
    return base[:dot] if dot > 0 else base


def parent(name: str) -> str:
    """Give the folder part of a name; empty at the top."""
    return name.rpartition('/')[0]


class DataFolder:
    """The files of a folder and of all below it, by name with ``/``, in natural order.

    Hidden files are left out. A symbolic link to a file counts while the file lies in the folder;
    other links are listed in ``problems``. A path to a single file gives the folder around it with
    that file alone.

    Attributes:
        root: with all links resolved.
        files: every file.
        problems: links that were not followed.
    """

    def __init__(self, path: Path) -> None:
        """List a folder.

        Raises:
            DatasetError: there is no such folder, or it is empty.
        """
        if not path.exists():
            raise DatasetError(
                Problem('missing', 'there is no such folder', 'check the path', str(path))
            )
        self.problems: list[Problem] = []
        resolved = path.resolve()
        self.single = resolved.is_file()
        self.root = resolved.parent if self.single else resolved
        names = [resolved.name] if self.single else sorted(self._walk(''), key=natural_key)
        self.files: tuple[str, ...] = tuple(names)
        self._known = frozenset(names)
        self._below: dict[str, list[str]] = {'': names}
        for name in names:
            above = parent(name)
            while above:
                self._below.setdefault(above, []).append(name)
                above = parent(above)
        if not names:
            raise DatasetError(Problem('empty', 'the folder is empty', 'check the path', str(path)))

    def _walk(self, folder: str) -> Iterator[str]:
        with os.scandir(self.root / folder) as entries:
            for entry in entries:
                if entry.name.startswith('.') or entry.name in _LITTER:
                    continue
                name = f'{folder}/{entry.name}' if folder else entry.name
                if entry.is_symlink() and not self._stays_inside(name):
                    text = 'a symbolic link that leads to a folder or out of the data set'
                    mend = 'it was not followed: put the files themselves there'
                    self.problems.append(Problem('link', text, mend, name, severity='warning'))
                elif entry.is_dir():
                    yield from self._walk(name)
                elif entry.is_file():
                    yield name

    def _stays_inside(self, name: str) -> bool:
        target = (self.root / name).resolve()
        return target.is_file() and target.is_relative_to(self.root)

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def path(self, name: str) -> Path:
        """Give the path of a listed file."""
        return self.root / name

    def picture(self, name: str) -> PictureFile:
        """Give a listed file as a picture to read later."""
        return PictureFile(self.path(name), name)

    def under(self, folder: str) -> list[str]:
        """List the files below a folder; all of them for ``''``."""
        return list(self._below.get(folder, ()))

    def pictures(self, folder: str = '') -> list[str]:
        """List the pictures below a folder."""
        return [name for name in self.under(folder) if is_picture(name)]

    def folders(self, folder: str = '') -> list[str]:
        """List the names of the folders directly in a folder that hold files."""
        start = len(folder) + 1 if folder else 0
        rests = (name[start:] for name in self.under(folder))
        return list(dict.fromkeys(rest.split('/', 1)[0] for rest in rests if '/' in rest))

    def find(self, name: str, *bases: str) -> str | None:
        """Look up a name that a label file gives, below the folders ``bases`` in turn.

        Raises:
            DatasetError: the name is absolute or climbs out with ``..``.
        """
        pure = PurePosixPath(name.strip().replace('\\', '/'))
        if pure.is_absolute() or '..' in pure.parts or re.match(r'[A-Za-z]:', str(pure)):
            raise bad(
                'path', f'"{name[:120]}" leads out of the data folder',
                'give the name as it is below the folder',
            )  # fmt: skip
        for base in bases or ('',):
            candidate = (PurePosixPath(base) / pure).as_posix()
            if candidate in self._known:
                return candidate
        return None

    def lines(self, name: str) -> list[tuple[int, str]]:
        """Read a text file as its lines with their numbers from 1; empty lines are left out.

        Raises:
            DatasetError: it is not UTF-8 text.
        """
        data = self.path(name).read_bytes()
        try:
            text = data.decode('utf-8-sig')
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b'\n') + 1
            raise bad('encoding', 'is no UTF-8 text', 'save it as UTF-8', line) from error
        numbered = enumerate(text.split('\n'), start=1)
        return [(number, line.strip()) for number, line in numbered if line.strip()]
