"""Write files so that a power cut leaves either the old content or the new, never half of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import hashlib
import os
from pathlib import Path
import tempfile


def sha256_of(data: bytes) -> str:
    """Give the SHA-256 of some bytes as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def sync_folder(folder: Path) -> None:
    """Force a folder's entries (names, renames) to the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_synced(path: Path, data: bytes) -> None:
    """Write a new file and force its content to the disk; for files that nobody reads yet."""
    with named(path), path.open('wb') as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Let an error of the system name the file: a full disk does not by itself."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(path)
        raise


def write_atomic(path: Path, data: bytes) -> None:
    """Replace a file in one step: temporary file beside it, fsync, rename, fsync of the folder.

    Raises:
        OSError: the disk is full or the folder is not writable; the old content is untouched.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f'.{path.name}.', suffix='.part')
    partial = Path(name)
    try:
        os.fchmod(descriptor, 0o644)
        with named(path), os.fdopen(descriptor, 'wb') as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
