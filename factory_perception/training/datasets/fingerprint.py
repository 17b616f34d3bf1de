"""One hash for a data set: over the names, sizes and contents of exactly the files used."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
import json
import os
from pathlib import Path

from factory_perception.files import sha256_of
from factory_perception.training.datasets.file_cache import FileCache

_THREADS = min(8, os.cpu_count() or 1)


def fingerprint(root: Path, files: Iterable[Path], facts: Iterable[str]) -> str:
    """Hash some files of a data folder and whatever else decides what is read from them.

    Where the folder lies and when its files were written does not matter.

    Args:
        root: the data folder.
        files: in it, in any order.
        facts: format, task, classes, the names used in their order.
    """
    names = sorted({path.relative_to(root).as_posix() for path in files})
    with FileCache(root, 'sha256') as cache, ThreadPoolExecutor(_THREADS) as pool:
        hashes = list(pool.map(lambda name: cache.get(root / name, sha256_of), names))
    sizes = [(root / name).stat().st_size for name in names]
    return sha256_of(json.dumps([list(facts), names, sizes, hashes]).encode())
