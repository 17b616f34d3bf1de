"""Listing a data folder: order, litter, links, and names that try to get out."""

from __future__ import annotations

import pytest

from factory_perception.training.datasets.folder import DataFolder
from factory_perception.training.datasets.problems import DatasetError
from test.training.datasets import makers


@pytest.fixture
def folder(tmp_path):
    for name in ('set/b/f10.png', 'set/b/f9.png', 'set/a.txt', 'set/.hidden', 'set/Thumbs.db'):
        makers.text(tmp_path / name, 'x')
    makers.text(tmp_path / 'secret.txt', 'out')
    return tmp_path / 'set'


def test_lists_in_natural_order_without_litter(folder):
    listed = DataFolder(folder)
    assert listed.files == ('a.txt', 'b/f9.png', 'b/f10.png')
    assert listed.pictures() == ['b/f9.png', 'b/f10.png'] and listed.folders() == ['b']
    assert listed.under('b') == ['b/f9.png', 'b/f10.png'] and 'a.txt' in listed


def test_links_that_leave_are_not_followed(folder, tmp_path):
    (folder / 'out.txt').symlink_to(tmp_path / 'secret.txt')
    (folder / 'in.txt').symlink_to(folder / 'a.txt')
    (folder / 'up').symlink_to(tmp_path)
    listed = DataFolder(folder)
    assert 'out.txt' not in listed and 'in.txt' in listed
    assert not any(name.startswith('up/') for name in listed.files)
    assert sorted(problem.file for problem in listed.problems) == ['out.txt', 'up']


@pytest.mark.parametrize(
    'name', ['../secret.txt', '/etc/passwd', 'b/../../secret.txt', 'C:/x.png', '..\\secret.txt']
)
def test_names_that_climb_out_are_refused(folder, name):
    with pytest.raises(DatasetError, match='leads out of the data folder'):
        DataFolder(folder).find(name, '', 'b')


@pytest.mark.parametrize(
    ('name', 'found'),
    [('f9.png', 'b/f9.png'), ('b\\f9.png', 'b/f9.png'), ('./a.txt', 'a.txt'), ('f8.png', None)],
)
def test_finds_names_below_bases(folder, name, found):
    assert DataFolder(folder).find(name, '', 'b') == found


def test_lines_have_numbers_and_bad_text_a_line(folder):
    (folder / 'a.txt').write_bytes(b'\xef\xbb\xbfone\r\n\n  two \n')
    assert DataFolder(folder).lines('a.txt') == [(1, 'one'), (3, 'two')]
    (folder / 'a.txt').write_bytes(b'one\ntwo\nth\xffree')
    with pytest.raises(DatasetError, match='no UTF-8') as caught:
        DataFolder(folder).lines('a.txt')
    assert caught.value.problem.line == 3


def test_a_single_file_and_nothing(folder, tmp_path):
    assert DataFolder(folder / 'a.txt').files == ('a.txt',)
    (tmp_path / 'empty').mkdir()
    for path, message in ((tmp_path / 'no', 'no such folder'), (tmp_path / 'empty', 'is empty')):
        with pytest.raises(DatasetError, match=message):
            DataFolder(path)
