"""The ``models`` command: what it prints and what it refuses."""

from __future__ import annotations

import json

import pytest

from factory_perception.cli.main import main
from test.support import blob_model, mean_model, publish_blobs, publish_mean


@pytest.fixture
def run(store, capsys):
    def run(*words):
        code = main(['models', '--store', str(store.roots[0]), *map(str, words)])
        output = capsys.readouterr()
        return code, output.out, output.err

    return run


def test_list_show_verify_promote_rollback(run, store):
    assert 'no models' in run('list')[1]
    publish_mean(store)
    publish_mean(store)
    code, out, _ = run('list')
    lines = out.splitlines()
    assert code == 0 and lines[0].startswith('* means@1') and lines[1].startswith('  means@2')
    assert 'classify, fp32, accuracy 1.000' in lines[0]
    assert json.loads(run('show', 'means@2')[1])['version'] == 2
    assert run('verify')[0] == 0
    assert run('promote', 'means@2')[1].startswith('means@2 is the champion')
    assert run('list')[1].splitlines()[1].startswith('* means@2')
    assert 'means@1 is the champion again' in run('rollback', 'means')[1]


def test_the_columns_of_the_list_are_as_wide_as_what_stands_in_them(run, store):
    for name in ('short', 'a_name_that_is_rather_long'):
        publish_mean(store, name=name)
    lines = run('list')[1].splitlines()
    assert len(lines) == 2
    assert len({line.index('classify,') for line in lines}) == 1
    assert len({line.index(str(store.roots[0])) for line in lines}) == 1


def test_the_store_may_stand_behind_the_action(store, capsys):
    publish_mean(store)
    assert main(['models', 'verify', 'means', '--store', str(store.roots[0])]) == 0
    assert 'means@1' in capsys.readouterr().out


def test_a_damaged_model_is_named_and_the_exit_code_tells(run, store):
    folder = publish_mean(store)
    (folder.path / 'fp32.onnx').write_bytes(b'short')
    code, out, err = run('verify')
    assert code == 1 and 'BROKEN means@1' in out and '1 of 1 models are broken' in err
    assert run('promote', 'means')[0] == 1


def test_what_is_not_there(run):
    code, _, err = run('show', 'nothing')
    assert code == 1 and err.startswith('factory_perception: there is no model "nothing"')
    assert 'Traceback' not in err


def test_import(run, store, tmp_path):
    path = tmp_path / 'blobs.onnx'
    path.write_bytes(blob_model())
    words = '--name mine --decoder boxes_scores --classes bright --resize stretch --std 1 1 1'
    code, out, err = run('import', path, *words.split())
    assert (code, err) == (0, '') and out.startswith('mine@1')
    manifest = store.find('mine').manifest
    assert manifest.classes == ('bright',) and manifest.image_rules['image'].resize == 'stretch'
    assert store.find('mine').read_probe().outputs['boxes'].shape == (1, 64, 4)


@pytest.mark.parametrize('content, words, text', [
    (b'nonsense', [], 'refuses'),
    (mean_model(), [], 'needs an output'),
    (blob_model(), ['--decoder', 'boxes_scores', '--classes', 'a,b'], 'an output scores'),
    (None, [], 'No such file'),
])  # fmt: skip
def test_files_that_do_not_fit_publish_nothing(run, store, tmp_path, content, words, text):
    path = tmp_path / 'net.onnx'
    if content is not None:
        path.write_bytes(content)
    code, _, err = run('import', path, '--name', 'mine', *words)
    assert code == 1 and text in err
    assert store.versions('mine') == {}


def test_version_and_help(capsys):
    for words in (['--version'], ['--help'], ['models', '--help']):
        with pytest.raises(SystemExit) as end:
            main(words)
        assert end.value.code == 0
    assert 'promote' in capsys.readouterr().out


def test_publish_blobs_lists_as_detector(run, store):
    publish_blobs(store)
    assert 'detect, fp32' in run('list')[1]
