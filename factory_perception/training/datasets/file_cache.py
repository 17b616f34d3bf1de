"""What was worked out from the content of files, kept until a file's size or time changes."""

from __future__ import annotations

from collections.abc import Callable
import json
import logging
from pathlib import Path
import time
from typing import Any

from factory_perception.files import sha256_of, write_atomic
from factory_perception.resources import cache_home

_LOG = logging.getLogger(__name__)
#: A file this young may change again without its time changing.
_SETTLED_NS = 2_000_000_000


class FileCache:
    """Values that hang on nothing but the content of a file.

    Used with ``with``; what is new is written at the end in one step. Two processes at once lose
    at most each other's additions.
    """

    def __init__(self, root: Path, kind: str, cache: Path | None = None) -> None:
        """Open the cache of a data folder for one kind of value."""
        folder = cache or cache_home() / 'datasets'
        self._path = folder / f'{sha256_of(str(root).encode())[:16]}-{kind}.json'
        self._root, self._fresh = root, False
        self._kept: dict[str, list[Any]] = {}

    def __enter__(self) -> FileCache:
        try:
            kept = json.loads(self._path.read_bytes())
            self._kept = kept if isinstance(kept, dict) else {}
        except (OSError, ValueError):
            self._kept = {}
        return self

    def __exit__(self, *_: object) -> None:
        if not self._fresh:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(self._path, json.dumps(self._kept).encode())
        except OSError as error:
            _LOG.warning('%s cannot be written (%s): the next check is slow again',
                         self._path, error.strerror)  # fmt: skip

    def get(self, path: Path, compute: Callable[[bytes], Any]) -> Any:
        """Give the value of a file: the kept one, or one computed from its bytes."""
        name, status = str(path.relative_to(self._root)), path.stat()
        known = self._kept.get(name)
        stamp = [status.st_size, status.st_mtime_ns]
        if isinstance(known, list) and len(known) == 3 and known[:2] == stamp:
            return known[2]
        value = compute(path.read_bytes())
        if time.time_ns() - status.st_mtime_ns > _SETTLED_NS:
            self._kept[name] = [*stamp, value]
            self._fresh = True
        return value
