"""The folder of a training run: settings, metrics as they come, checkpoints."""

from __future__ import annotations

from dataclasses import asdict
import io
import json
from pathlib import Path
from typing import Any

import torch
import yaml

from factory_perception.files import named, write_atomic
from factory_perception.training.setting_tree import merge, SettingsError
from factory_perception.training.settings import TrainingSettings
from factory_perception.training.tensorboard_files import TensorboardFiles

SETTINGS = 'settings.yaml'
LAST, BEST = 'last.pt', 'best.pt'
METRICS = 'metrics.jsonl'


class RunFolder:
    """Where a run leaves what it knows; enough to go on after the process was killed."""

    def __init__(self, path: Path, tensorboard: TensorboardFiles | None = None) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        self._tensorboard, self._begun = tensorboard, False

    @property
    def holds_checkpoint(self) -> bool:
        """Say whether there is something to go on from."""
        return (self.path / LAST).is_file()

    def write_settings(self, settings: TrainingSettings) -> None:
        """Keep the resolved settings."""
        plain = json.loads(json.dumps(asdict(settings)))  # tuples become lists
        text = yaml.safe_dump(plain, sort_keys=False)
        write_atomic(self.path / SETTINGS, text.encode())

    def settings(self) -> TrainingSettings | None:
        """Read the settings that the run was begun with; nothing in a new run.

        Raises:
            SettingsError: the file is damaged, or of a version that knew other settings.
        """
        path = self.path / SETTINGS
        if not path.is_file():
            return None
        try:
            content = yaml.safe_load(path.read_text())
        except yaml.YAMLError as error:
            raise SettingsError(f'{path} is damaged ({error}): begin anew elsewhere') from error
        return merge(TrainingSettings(), content, str(path))

    def log(self, **values: Any) -> None:
        """Append one line of metrics."""
        path = self.path / METRICS
        with named(path), path.open('a') as file:
            file.write(json.dumps(values) + '\n')
        self._tell_tensorboard(values)

    def _tell_tensorboard(self, values: dict[str, Any]) -> None:
        if self._tensorboard is None:
            return
        if self._begun:
            self._tensorboard.add(values)
        else:
            self._tensorboard.begin(self.path, self.metrics())
        self._begun = True

    def metrics(self) -> list[dict[str, Any]]:
        """Give the metrics so far; a line cut off by a kill is left out."""
        path = self.path / METRICS
        if not path.is_file():
            return []
        rows = []
        for line in path.read_text().splitlines():
            try:
                rows.append(json.loads(line))
            except ValueError:
                continue
        return rows

    def keep_metrics_until(self, epoch: int) -> None:
        """Drop what was logged after a checkpoint that a run goes on from."""
        rows = [row for row in self.metrics() if row.get('epoch', 0) < epoch]
        text = ''.join(json.dumps(row) + '\n' for row in rows)
        write_atomic(self.path / METRICS, text.encode())

    def clear(self) -> None:
        """Drop checkpoints and metrics: what a new run cannot write over is that of an old one."""
        for name in (LAST, BEST, METRICS):
            (self.path / name).unlink(missing_ok=True)

    def save(self, name: str, state: dict[str, Any]) -> None:
        """Replace a checkpoint in one step."""
        buffer = io.BytesIO()
        torch.save(state, buffer)
        write_atomic(self.path / name, buffer.getvalue())

    def load(self, name: str) -> dict[str, Any] | None:
        """Read a checkpoint; nothing but tensors and plain values is accepted.

        Raises:
            SettingsError: the file is damaged.
        """
        path = self.path / name
        if not path.is_file():
            return None
        try:
            state: dict[str, Any] = torch.load(path, map_location='cpu', weights_only=True)
        except OSError:
            raise
        except Exception as error:
            raise SettingsError(f'{path} is damaged ({error}): delete it and begin anew') from error
        return state
