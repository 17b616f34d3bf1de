"""Events in a file, a line each; full files are put aside and the oldest thrown away."""

from __future__ import annotations

from pathlib import Path


class EventLog:
    """Appends lines to a file and rotates it: ``events.jsonl``, ``events.jsonl.1`` and so on."""

    def __init__(self, path: Path, max_bytes: int = 4_000_000, keep: int = 5) -> None:
        """Open the file; its folder is made.

        Raises:
            OSError: the folder or the file cannot be written.
        """
        self._path, self._max_bytes, self._keep = path, max_bytes, keep
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open('a', encoding='utf-8')

    def write(self, line: str) -> None:
        """Append a line; it is on the way to the disk when this returns.

        Raises:
            OSError: the disk is full or gone.
        """
        if self._file.tell() and self._file.tell() + len(line) >= self._max_bytes:
            self._rotate()
        self._file.write(line + '\n')
        self._file.flush()

    def _rotate(self) -> None:
        self._file.close()
        for number in range(self._keep - 1, 0, -1):
            older = self._numbered(number)
            if older.exists():
                older.replace(self._numbered(number + 1))
        self._path.replace(self._numbered(1))
        self._numbered(self._keep).unlink(missing_ok=True)
        self._file = self._path.open('a', encoding='utf-8')

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f'{self._path.name}.{number}')

    def close(self) -> None:
        """Close the file."""
        self._file.close()
