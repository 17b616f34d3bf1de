"""NumPy archives, opened so that nothing in them is unpickled and a broken one is named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
import zipfile
import zlib

import numpy as np

from factory_perception.training.datasets.problems import bad, DatasetError

#: What broken, packed otherwise or encrypted archives raise.
_BROKEN = (OSError, ValueError, EOFError, KeyError, RuntimeError, zipfile.BadZipFile, zlib.error)
#: Of unpacked arrays.
_MAX_BYTES = 4 * 1024**3


@contextmanager
def opened_npz(path: Path) -> Iterator[Any]:
    """Open an archive; its arrays are read when they are asked for.

    Raises:
        DatasetError: it is broken, too large, or holds Python objects.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        if size > _MAX_BYTES:
            raise bad('npz', f'unpacks to {size} bytes', 'divide it')
        with np.load(path, allow_pickle=False) as content:
            yield content
    except DatasetError:
        raise
    except _BROKEN as error:
        text = 'holds Python objects' if 'pickle' in str(error).lower() else 'is a broken archive'
        raise bad('npz', text, 'save plain arrays with numpy.savez') from error
