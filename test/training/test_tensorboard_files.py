"""Files for TensorBoard say what the lines of JSON say; without its writer that is told."""

from __future__ import annotations

import json
import struct
import time

import pytest

from factory_perception.training import tensorboard_files
from factory_perception.training.run_folder import METRICS, RunFolder
from factory_perception.training.setting_tree import SettingsError
from factory_perception.training.tensorboard_files import FOLDER, TensorboardFiles


def read(run):
    """Read every scalar back: ``{name: {step: value}}``."""
    event_pb2 = pytest.importorskip(
        'tensorboardX.proto.event_pb2', reason='tensorboardX is not installed'
    )
    found = {}
    for path in sorted((run / FOLDER).iterdir()):
        data = path.read_bytes()
        while data:
            (length,) = struct.unpack_from('<Q', data)
            event = event_pb2.Event.FromString(data[12 : 12 + length])
            data = data[16 + length :]
            for value in event.summary.value:
                found.setdefault(value.tag, {})[event.step] = value.simple_value
    return found


def read_all(run, count, seconds=30.0):
    """Read until so many epochs are there: a thread writes them."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = read(run)
        if found and all(len(values) == count for values in found.values()):
            return found
        time.sleep(0.2)
    raise AssertionError(f'{count} epochs were not written: {found}')


def logged(run, epochs):
    for epoch in epochs:
        scores = {'map50': 0.1 * epoch, 'score': 0.1 * epoch}
        run.log(epoch=epoch, seconds=1.0, losses={'loss': 1 / (epoch + 1)}, validation=scores)


@pytest.mark.skipif(
    tensorboard_files.find_spec('tensorboardX') is None, reason='tensorboardX is not installed'
)
def test_files_say_what_the_lines_say(tmp_path):
    logged(RunFolder(tmp_path, TensorboardFiles()), range(3))
    again = RunFolder(tmp_path, TensorboardFiles())
    again.keep_metrics_until(2)  # a run that was killed goes on from its second checkpoint
    logged(again, range(2, 5))
    rows = [json.loads(line) for line in (tmp_path / METRICS).read_text().splitlines()]
    assert [row['epoch'] for row in rows] == [0, 1, 2, 3, 4]
    found = read_all(tmp_path, len(rows))
    for tag, part, name in (('losses/loss', 'losses', 'loss'),
                            ('validation/map50', 'validation', 'map50')):  # fmt: skip
        assert found[tag] == pytest.approx({row['epoch'] + 1: row[part][name] for row in rows})


def test_nothing_is_written_unless_asked_for(tmp_path):
    logged(RunFolder(tmp_path), range(2))
    assert (tmp_path / METRICS).is_file() and not (tmp_path / FOLDER).exists()


def test_a_missing_writer_is_told_before_the_training(monkeypatch):
    monkeypatch.setattr(tensorboard_files, 'find_spec', lambda name: None)
    with pytest.raises(SettingsError, match=r'pip install "factory_perception\[tensorboard\]"'):
        TensorboardFiles()
