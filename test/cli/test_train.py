"""The ``train`` command refuses before it trains what it could only refuse afterwards."""

from __future__ import annotations

from factory_perception.cli.main import main
from factory_perception.cli.train import _that_matter
from test.training.datasets import makers


def test_golden_pictures_of_other_classes_are_refused_at_once(tmp_path, store, capsys):
    data = makers.image_folder(tmp_path / 'data')
    golden = makers.image_folder(tmp_path / 'golden', classes=('cat', 'cow'))
    words = ['train', '--data', data, '--golden', golden, '--store', store.roots[0],
             '--run-dir', tmp_path / 'run']  # fmt: skip
    assert main([str(word) for word in words]) == 1
    error = capsys.readouterr().err
    assert 'has the classes cow, which the new model does not know (it knows cat, dog)' in error
    assert not list((tmp_path / 'run').glob('*.pt'))


def test_what_nothing_learns_from_is_refused(tmp_path, store, capsys):
    data = makers.mvtec(tmp_path / 'data')
    words = ['train', '--data', data, '--store', store.roots[0], '--run-dir', tmp_path / 'run']
    assert main([str(word) for word in words]) == 1
    assert 'nothing is learnt from faultless pictures alone; label' in capsys.readouterr().err


def test_a_golden_list_that_is_not_there_is_named(tmp_path, store, capsys):
    data = makers.image_folder(tmp_path / 'data')
    words = ['train', '--data', data, '--golden', 'nowhere.txt', '--store', store.roots[0],
             '--run-dir', tmp_path / 'run']  # fmt: skip
    assert main([str(word) for word in words]) == 1
    assert 'nowhere.txt' in capsys.readouterr().err


def test_the_recorded_command_says_what_was_made_and_not_where():
    words = [
        'train',
        '--data',
        'cell',
        '--store',
        '/a',
        '--run-dir',
        '/b',
        '--resume',
        '--name',
        'x',
    ]
    assert _that_matter(words) == ['train', '--data', 'cell', '--name', 'x']
