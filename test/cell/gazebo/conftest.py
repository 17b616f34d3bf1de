"""What the tests of the Gazebo files share."""

from __future__ import annotations

import pytest

from factory_perception.cell.config import load_config
from factory_perception.cell.gazebo.stock import stock_of


@pytest.fixture(scope='session')
def config():
    return load_config()


@pytest.fixture(scope='session')
def stock(config):
    return stock_of(config)
