"""Fixtures that all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from factory_perception.model_store.store import ModelStore

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / 'shared' / 'data'
#: Threads of one calculation wait for each other in a loop: on a machine that does other work too,
#: two are ten times slower than one. Processes that tests start do as they do.
os.environ.setdefault('OMP_NUM_THREADS', '1')


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory, monkeypatch):
    """Keep the user's own models and caches out of the tests, and the tests out of them."""
    home = tmp_path_factory.mktemp('home')
    monkeypatch.setenv('XDG_DATA_HOME', str(home / 'data'))
    monkeypatch.setenv('XDG_CACHE_HOME', str(home / 'cache'))


@pytest.fixture
def store(tmp_path) -> ModelStore:
    """Give an empty model store."""
    return ModelStore((tmp_path / 'models',))


@pytest.fixture
def shipped_parts() -> None:
    """Skip where the shipped detector is not in the checkout, as in a source archive."""
    if not (ROOT / 'models' / 'parts').is_dir():
        pytest.skip('models/parts is not in this checkout')


def data_folder(name: str) -> Path:
    """Give a real data set beside the checkout; skip the test where it is absent."""
    folder = DATA / name
    if not folder.is_dir():
        pytest.skip(f'the data set {name} is not beside the checkout')
    return folder
