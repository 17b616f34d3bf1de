"""The cell that came with the package, read once."""

from __future__ import annotations

import pytest

from factory_perception.cell.config import load_config


@pytest.fixture(scope='session')
def config():
    return load_config()
