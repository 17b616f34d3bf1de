"""Files are whole or not there, and errors name them."""

from __future__ import annotations

from pathlib import Path

import pytest

from factory_perception.files import write_atomic, write_synced


def test_a_full_disk_is_named():
    with pytest.raises(OSError, match='No space left on device') as caught:
        write_synced(Path('/dev/full'), b'content')
    assert caught.value.filename == '/dev/full'


def test_the_old_content_stays_when_the_new_cannot_be_written(tmp_path, monkeypatch):
    file = tmp_path / 'a.json'
    write_atomic(file, b'old')

    def full(descriptor):
        raise OSError(28, 'No space left on device')

    monkeypatch.setattr('os.fsync', full)
    with pytest.raises(OSError, match='No space left') as caught:
        write_atomic(file, b'new')
    assert caught.value.filename == str(file)
    assert file.read_bytes() == b'old' and list(tmp_path.iterdir()) == [file]
