"""What the trainer refuses is one sentence on the terminal, like every other refusal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from factory_perception.cli.errors import CommandError


@contextmanager
def trainer_errors() -> Iterator[None]:
    """Turn the trainer's own errors into those of a command.

    Raises:
        CommandError: with the text of what was raised.
    """
    from factory_perception.training.datasets.problems import DatasetError
    from factory_perception.training.exporting import ExportError
    from factory_perception.training.fit import FitError
    from factory_perception.training.setting_tree import SettingsError

    try:
        yield
    except (DatasetError, ExportError, FitError, SettingsError) as error:
        raise CommandError(str(error)) from error
