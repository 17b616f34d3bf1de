"""The log of events rotates and never grows without end."""

from __future__ import annotations

import pytest

from factory_perception.faults.event_log import EventLog


def test_full_files_are_put_aside_and_the_oldest_thrown_away(tmp_path):
    path = tmp_path / 'deep' / 'events.jsonl'
    log = EventLog(path, max_bytes=100, keep=3)
    for number in range(60):
        log.write(f'{{"number": {number:04d}}}')
    log.close()
    files = sorted(path.parent.iterdir())
    assert [file.name for file in files] == ['events.jsonl', 'events.jsonl.1', 'events.jsonl.2']
    assert all(file.stat().st_size <= 100 for file in files)
    lines = [line for file in reversed(files) for line in file.read_text().splitlines()]
    assert lines[-1] == '{"number": 0059}'
    assert lines == [f'{{"number": {number:04d}}}' for number in range(60 - len(lines), 60)]


def test_it_goes_on_where_it_was(tmp_path):
    for text in ('first', 'second'):
        log = EventLog(tmp_path / 'log')
        log.write(text)
        log.close()
    assert (tmp_path / 'log').read_text() == 'first\nsecond\n'


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / 'file').write_text('')
    with pytest.raises(OSError):
        EventLog(tmp_path / 'file' / 'log')
