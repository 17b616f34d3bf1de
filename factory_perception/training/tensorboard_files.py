"""The metrics of a run as files for TensorBoard, beside its lines of JSON; optional."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
import shutil
from typing import Any

from factory_perception.training.setting_tree import SettingsError

FOLDER = 'tensorboard'
#: A thread of the writer puts what it was given into the file so often.
FLUSH_S = 1


class TensorboardFiles:
    """Writes what a run logs to ``tensorboard/`` in its folder, by tensorboardX (MIT).

    The files are made anew from the lines of JSON whenever a run goes on, so that they never say
    anything else.
    """

    def __init__(self) -> None:
        """Make sure that the writer is there before time is spent on a training.

        Raises:
            SettingsError: it is not installed.
        """
        if find_spec('tensorboardX') is None:
            raise SettingsError(
                '--tensorboard needs tensorboardX: pip install "factory_perception[tensorboard]"'
            )
        self._writer: Any = None

    def begin(self, run: Path, rows: list[dict[str, Any]]) -> None:
        """Begin the files of a run with what it has logged so far."""
        from tensorboardX import SummaryWriter

        if (run / FOLDER).exists():
            shutil.rmtree(run / FOLDER)
        self._writer = SummaryWriter(str(run / FOLDER), flush_secs=FLUSH_S)
        for row in rows:
            self.add(row)

    def add(self, row: Mapping[str, Any]) -> None:
        """Write one line of metrics: losses and validation figures by epoch, counted from 1."""
        epoch = int(row['epoch']) + 1
        for part in ('losses', 'validation'):
            for name, value in row[part].items():
                self._writer.add_scalar(f'{part}/{name}', value, epoch)
