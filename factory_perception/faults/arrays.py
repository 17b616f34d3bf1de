"""Arrays from the content of an ``.npz`` file; nothing is unpickled."""

from __future__ import annotations

import io
import zipfile

import numpy as np
from numpy.typing import NDArray


class ArraysError(ValueError):
    """Content that holds no arrays; the text says why."""


def read_arrays(data: bytes, origin: str) -> dict[str, NDArray]:
    """Give all arrays by name.

    Raises:
        ArraysError: it is no ``.npz`` file, cut off, or holds objects.
    """
    if not data.startswith(b'PK'):
        raise ArraysError(f'{origin} is no file of arrays')
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (OSError, EOFError, ValueError, zipfile.BadZipFile) as error:
        raise ArraysError(f'{origin} is no file of arrays ({error})') from error
