"""Shared checks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from factory_perception.training.datasets.problems import DatasetError
from factory_perception.training.datasets.recognise import open_dataset


def refuses(folder: Path, message: str, **options) -> DatasetError:
    """Open a set that has an error, and look at its message."""
    with pytest.raises(DatasetError, match=message) as caught:
        open_dataset(folder, **options)
    return caught.value


def skips(folder: Path, lost: int, **options):
    """Open a set with ``skip_bad`` and give what is left; ``lost`` entries are listed."""
    data = open_dataset(folder, skip_bad=True, **options)
    assert len({problem.record for problem in data.problems if problem.record}) == lost
    return data


def edited(path: Path, edit: Callable[[str], str]) -> None:
    content = path.read_text()
    changed = edit(content)
    assert changed != content
    path.write_text(changed)
