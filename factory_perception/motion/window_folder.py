"""A bounded folder of windows of joint states."""

from __future__ import annotations

from pathlib import Path
import re

from factory_perception.files import write_atomic

_NAME = re.compile(r'\d{20}\.csv')


class WindowFolder:
    """Adds a file at a time; the oldest leave when there are too many or too large.

    Files of other names are left alone.
    """

    def __init__(self, folder: Path, most: int, most_bytes: int) -> None:
        """Open a folder, or make it.

        Raises:
            OSError: it cannot be made or read.
        """
        self.folder = folder
        self._most, self._most_bytes = most, most_bytes
        folder.mkdir(parents=True, exist_ok=True)
        there = sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))
        self._sizes = {path.name: path.stat().st_size for path in there}

    def __len__(self) -> int:
        return len(self._sizes)

    @property
    def bytes_used(self) -> int:
        """Give the size of all windows."""
        return sum(self._sizes.values())

    def add(self, begin_ns: int, data: bytes) -> None:
        """Keep a window; one that begins at the same time is replaced.

        Raises:
            OSError: the disk is full, or the folder is not writable; what was there stays.
        """
        name = f'{begin_ns:020d}.csv'
        write_atomic(self.folder / name, data)
        self._sizes.pop(name, None)
        self._sizes[name] = len(data)
        while len(self) > 1 and (len(self) > self._most or self.bytes_used > self._most_bytes):
            oldest = next(iter(self._sizes))
            (self.folder / oldest).unlink(missing_ok=True)
            del self._sizes[oldest]
