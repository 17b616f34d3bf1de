"""Parquet tables, with pyarrow and without."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from factory_perception.training.datasets import parquet_series
from factory_perception.training.datasets.recognise import open_dataset
from test.training.datasets import makers
from test.training.datasets.support import refuses


def test_refused_without_pyarrow(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_series, 'find_spec', lambda name: None)
    makers.text(tmp_path / 'run.parquet', 'x')
    error = refuses(tmp_path, 'Parquet files cannot be read without pyarrow')
    assert 'run.parquet' in str(error) and 'pip install pyarrow' in str(error)


def test_read_as_the_csv_of_the_same_columns(tmp_path):
    if importlib.util.find_spec('pyarrow') is None:
        pytest.skip('pyarrow is not installed')
    from pyarrow import csv, parquet

    makers.joint_csv(tmp_path / 'csv')
    for path in (tmp_path / 'csv').glob('*.csv'):
        (tmp_path / 'parquet').mkdir(exist_ok=True)
        parquet.write_table(csv.read_csv(path), tmp_path / 'parquet' / f'{path.stem}.parquet')
    plain, packed = open_dataset(tmp_path / 'csv'), open_dataset(tmp_path / 'parquet')
    assert packed.task == 'fault' and packed.labels == plain.labels
    for n in range(3):
        one, other = plain.read(n), packed.read(n)
        assert np.array_equal(one.joints.position, other.joints.position)
        assert one.name == other.name and one.intervals == other.intervals
    makers.text(tmp_path / 'parquet/run1.parquet', 'broken')
    with pytest.raises(ValueError, match=r'run1.parquet: is no readable table'):
        open_dataset(tmp_path / 'parquet').read(1)
