"""Numbers out of label files."""

from __future__ import annotations

import pytest

from factory_perception.training.datasets.numbers import number, numbers, whole
from factory_perception.training.datasets.problems import DatasetError


@pytest.mark.parametrize(('cell', 'value'), [('1.5', 1.5), (' -2 ', -2.0), (3, 3.0), ('1e3', 1e3)])
def test_reads(cell, value):
    assert number(cell, 'x') == value


@pytest.mark.parametrize('cell', ['', 'nan', 'inf', '-inf', 'a', None, True, [], 10**400, '1e999'])
def test_refuses(cell):
    with pytest.raises(DatasetError, match=r'x is ".*", no finite number') as caught:
        number(cell, 'x', 7)
    assert caught.value.problem.line == 7


def test_whole_and_rows():
    assert whole('4.0', 'class') == 4 and numbers(['1', '2'], 'ab') == [1.0, 2.0]
    with pytest.raises(DatasetError, match=r'class is 1.5, no whole number'):
        whole('1.5', 'class')
    with pytest.raises(DatasetError, match=r'3 values instead of 2 \(a b\)'):
        numbers(['1', '2', '3'], 'ab')
