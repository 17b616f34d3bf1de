"""Batches in a known order; what cannot be read stops them by name, whoever reads."""

from __future__ import annotations

import pytest

from factory_perception.training.datasets.problems import bad, DatasetError
from factory_perception.training.loading import Loader
from factory_perception.training.settings import FitSettings


def prepare(epoch, index, rng):
    return index, float(rng.random())


def lost(epoch, index, rng):
    raise bad('missing', 'is not there any more', 'put it back').within(f'{index // 99}.png')


def loader(make, workers, **changes):
    return Loader(10, FitSettings(batch=4, workers=workers), make, list, **changes)


@pytest.mark.parametrize('workers', [0, 1])
def test_the_same_batches_whoever_loads(workers):
    batches = list(loader(prepare, workers).epoch(3))
    assert batches == list(loader(prepare, 0).epoch(3))
    assert [len(batch) for batch in batches] == [4, 4]
    assert batches != list(loader(prepare, 0).epoch(4))


def test_a_team_shares_an_epoch():
    parts = [list(loader(prepare, 0, rank=rank, size=2).epoch(0)) for rank in range(2)]
    seen = [index for part in parts for batch in part for index, _ in batch]
    assert len(seen) == len(set(seen)) == 8


@pytest.mark.parametrize('workers', [0, 1])
def test_a_picture_that_is_gone_is_named(workers):
    with pytest.raises(DatasetError) as caught:
        list(loader(lost, workers).epoch(0))
    assert str(caught.value) == '0.png: is not there any more; put it back'
    assert caught.value.problem.file == '0.png'
