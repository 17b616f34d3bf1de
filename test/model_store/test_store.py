"""Finding models by name, by version and by path."""

from __future__ import annotations

import pytest

from factory_perception.model_store.manifest import ModelError
from factory_perception.model_store.store import default_store, ModelStore
from test.support import publish_mean


def test_find_by_name_version_and_path(store):
    publish_mean(store)
    folder = publish_mean(store)
    assert store.find('means').label == 'means@1'
    assert store.find('means@2').label == 'means@2'
    assert store.find(str(folder.path)).label == 'means@2'
    assert store.names() == ['means']


@pytest.mark.parametrize(
    'reference, text',
    [
        ('nothing', 'there is no model "nothing".*there are: means'),
        ('means@9', 'no finished version 9; there are: 1'),
        ('Means', 'neither a model name'),
        ('..', 'neither a model name'),
        ('means@0', 'neither a model name'),
        ('./nowhere', 'is not a folder'),
    ],
)
def test_what_is_not_there_is_said_with_what_is(store, reference, text):
    publish_mean(store)
    with pytest.raises(ModelError, match=text):
        store.find(reference)


def test_unfinished_versions_are_invisible_but_their_number_is_taken(store):
    folder = publish_mean(store)
    (folder.path.parent / '7').mkdir()
    assert list(store.versions('means')) == [1]
    assert publish_mean(store).manifest.version == 8


def test_rollback_without_history_and_damaged_pointer(store):
    folder = publish_mean(store)
    with pytest.raises(ModelError, match='no earlier champion'):
        store.rollback('means')
    (folder.path.parent / 'champion.json').write_text('{"history": "no"}')
    with pytest.raises(ModelError, match='not a list of version numbers'):
        store.find('means')


def test_a_damaged_version_cannot_be_promoted(store):
    publish_mean(store)
    broken = publish_mean(store)
    (broken.path / 'fp32.onnx').write_bytes(b'')
    with pytest.raises(ModelError, match='cut off'):
        store.promote('means', 2)
    assert store.champion('means') == 1


def test_roots_come_from_arguments_then_environment_then_defaults(tmp_path, monkeypatch):
    assert default_store([tmp_path]).roots == (tmp_path,)
    monkeypatch.setenv('FACTORY_PERCEPTION_MODELS', f'{tmp_path}/a:{tmp_path}/b')
    assert default_store() == ModelStore((tmp_path / 'a', tmp_path / 'b'))
    monkeypatch.delenv('FACTORY_PERCEPTION_MODELS')
    assert default_store().roots[-1].name == 'models'
