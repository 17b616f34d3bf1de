"""Model folders that were damaged, cut off or tampered with: one sentence that names the file."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from factory_perception.model_store.folder import open_folder
from factory_perception.model_store.manifest import ModelError
from test.support import publish_mean


@pytest.fixture
def folder(store):
    return publish_mean(store)


def test_a_whole_folder_verifies_and_gives_its_probe(folder):
    folder.verify()
    probe = folder.read_probe()
    assert np.allclose(probe.outputs['means'], np.maximum(probe.inputs['image'], 0).mean((2, 3)))


@pytest.mark.parametrize(
    'damage, text',
    [
        (lambda path: path.unlink(), r'fp32\.onnx is missing'),
        (
            lambda path: path.write_bytes(path.read_bytes()[:-5]),
            r'bytes instead of \d+: it is cut off',
        ),
        (
            lambda path: path.write_bytes(path.read_bytes()[:-1] + b'!'),
            'not the file that was published',
        ),
    ],
)
def test_damaged_network_is_named(folder, damage, text):
    damage(folder.path / 'fp32.onnx')
    with pytest.raises(ModelError, match=text):
        folder.read('fp32.onnx')
    with pytest.raises(ModelError, match=text):
        folder.verify()


def test_unfinished_folder_is_refused(folder):
    (folder.path / 'READY').unlink()
    with pytest.raises(ModelError, match='never finished'):
        open_folder(folder.path)


def test_edited_manifest_is_refused(folder):
    path = folder.path / 'manifest.json'
    content = json.loads(path.read_text())
    content['thresholds'] = {'score': 0.01}
    path.write_text(json.dumps(content))
    with pytest.raises(ModelError, match='changed after publishing'):
        open_folder(folder.path)


def test_a_huge_manifest_is_not_read(folder):
    with (folder.path / 'manifest.json').open('ab') as file:
        file.truncate(64 * 1024 * 1024)
    with pytest.raises(ModelError, match='more than the'):
        open_folder(folder.path)


def test_missing_folder(tmp_path):
    with pytest.raises(ModelError, match='is not a folder'):
        open_folder(tmp_path / 'nothing')


def test_a_file_outside_the_manifest_cannot_be_read(folder):
    (folder.path / 'secret').write_text('x')
    with pytest.raises(ModelError, match='has no file secret'):
        folder.read('secret')
    with pytest.raises(ModelError, match='has no file'):
        folder.read('../../../etc/passwd')


def test_probe_with_pickled_objects_is_refused(store, folder):
    evil = folder.path.parent / 'evil.npz'
    np.savez(evil, **{'in.image': np.array([{'a': 1}], dtype=object)})
    data = evil.read_bytes()
    from factory_perception.files import sha256_of

    object.__setattr__(folder.manifest.files['probe.npz'], 'sha256', sha256_of(data))
    object.__setattr__(folder.manifest.files['probe.npz'], 'bytes', len(data))
    shutil.copy(evil, folder.path / 'probe.npz')
    with pytest.raises(ModelError, match='damaged'):
        folder.read_probe()
