"""The ``compare`` command: one plain sentence, and everything behind it as JSON."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from factory_perception.cli.main import main
from test.support import mean_manifest, publish_mean


@pytest.fixture
def pictures(tmp_path):
    """Write pictures that are mostly blue, green or red."""
    rng = np.random.default_rng(0)
    for channel, name in enumerate(('blue', 'green', 'red')):
        folder = tmp_path / 'data' / name
        folder.mkdir(parents=True)
        for index in range(12):
            image = rng.integers(0, 90, (20, 30, 3), np.uint8)
            image[..., channel] += 120
            cv2.imwrite(str(folder / f'{index}.png'), image)
    return tmp_path / 'data'


@pytest.fixture
def compare(store, pictures, capsys):
    def compare(*words):
        code = main(
            ['compare', *map(str, words), '--data', str(pictures), '--store', str(store.roots[0])]
        )
        output = capsys.readouterr()
        return code, output.out, output.err

    return compare


def mistaken():
    """Describe the same network as taking red for blue."""
    inputs = mean_manifest()['inputs']
    inputs[0]['image']['colour_order'] = 'rgb'
    return {'inputs': inputs}


def test_the_better_model_is_named(store, compare, tmp_path):
    publish_mean(store)
    publish_mean(store, **mistaken())
    code, out, _ = compare('means@1', 'means@2', '--json', tmp_path / 'found.json')
    assert code == 0 and out.startswith('means@1 is better than means@2: macro_f1 1.000 against ')
    found = json.loads((tmp_path / 'found.json').read_text())
    assert found['better'] == 'means@1' and found['data_sha256']
    assert (found['units'], found['unit']) == (36, 'pictures')
    assert found['figures']['macro_f1']['difference']['high'] < 0
    assert found['per_class']['green']['difference']['value'] == 0
    assert found['sentence'].lower() in out.lower()


def test_equal_models_are_not_told_apart(store, compare):
    publish_mean(store)
    publish_mean(store)
    code, out, _ = compare('means@1', 'means@2')
    assert code == 0 and 'give the same macro_f1' in out


def test_a_model_with_other_classes_is_refused(store, compare):
    publish_mean(store)
    publish_mean(store, classes=['a', 'b', 'c'])
    code, _, error = compare('means@1', 'means@2')
    assert code == 1 and 'means@2 knows a, b, c' in error and 'blue, green, red' in error


def test_a_missing_model_is_named(store, compare):
    publish_mean(store)
    code, _, error = compare('means', 'bolts')
    assert code == 1 and 'no model "bolts"' in error
