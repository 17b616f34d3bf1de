"""The ``train`` command: what it refuses at once, and how it ends when it is asked to."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest

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


def as_scripts_start(*words):
    """Start a command as a script does in the background: what asks it to end is ignored."""
    deaf = 'trap "" INT; exec "$@"'
    return subprocess.Popen(
        ['bash', '-c', deaf, 'bash', sys.executable, '-m', 'factory_perception.cli', *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_a_training_ends_in_good_order_when_it_is_asked_to(tmp_path, store, number):
    run = tmp_path / 'run'
    process = as_scripts_start(
        'train', '--data', str(makers.image_folder(tmp_path / 'data')), '--preset', 'tiny',
        '--set', 'fit.epochs=10000', '--store', str(store.roots[0]), '--run-dir', str(run),
        '--progress', 'json',
    )  # fmt: skip
    for line in process.stdout:
        if line.startswith('{') and json.loads(line).get('epoch', 0) >= 3:
            process.send_signal(number)
            break
    _, error = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f'interrupted; go on with the same command and --run-dir {run} --resume' in error
    assert (run / 'last.pt').is_file() and not list(store.roots[0].glob('*/*'))


def test_a_model_is_published_anew_in_the_form_that_it_has(tmp_path, store, capsys):
    data = makers.image_folder(tmp_path / 'data')
    place = ['--store', str(store.roots[0]), '--run-dir', str(tmp_path / 'run')]
    words = ['train', '--data', str(data), '--preset', 'tiny', *place]
    quick = ['--set', 'fit.epochs=1', '--set', 'export.int8=false']
    assert main([*words, *quick, '--set', 'model.input_wh=[96,64]', '--name', 'pets']) == 0
    anew = [
        *words[:-1],
        str(tmp_path / 'anew'),
        '--from',
        'pets@1',
        '--name',
        'pets',
        '--export-only',
    ]
    for wrong, text in (
        ([*anew, '--resume'], 'learns nothing: leave out --resume'),
        ([*anew, '--licence', 'MIT'], 'keeps the licence of the model: leave out --licence'),
        ([*words, '--export-only'], 'publishes a model anew: say which with --from'),
    ):
        assert main(wrong) == 1
        assert text in capsys.readouterr().err
    assert main(anew) == 0
    second = store.find('pets@2').manifest
    assert second.inputs[0].shape[2:] == (64, 96)
    assert second.provenance['settings']['model']['start_from'] == 'pets@1'
