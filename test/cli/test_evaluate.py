"""The ``evaluate`` command on pictures: figures, rivals, spoilt pictures, classes by name."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from factory_perception.cli.main import main
from test.support import publish_blobs, publish_mean
from test.training.datasets import makers


@pytest.fixture
def evaluate(store, tmp_path, capsys):
    def evaluate(model, data, *words):
        report = tmp_path / 'figures.json'
        report.unlink(missing_ok=True)
        place = ['--json', report, '--store', store.roots[0]]
        words = ['evaluate', '--model', model, '--data', data, *place, *words]
        code = main([str(word) for word in words])
        found = json.loads(report.read_text()) if report.is_file() else {}
        output = capsys.readouterr()
        return code, found, output.out, output.err

    return evaluate


def coloured(folder, **channels):
    """Write ten pictures for each folder, mostly of one channel."""
    rng = np.random.default_rng(0)
    for name, channel in channels.items():
        for index in range(10):
            image = rng.integers(0, 90, (20, 30, 3), np.uint8)
            image[..., channel] += 120
            makers.stored(folder / name / f'{name}{index}.png', image)
    return folder


def bright_cells(folder):
    """Write dark pictures with one bright cell each, as YOLO without names of classes."""
    for index in range(10):
        image = np.full((64, 64, 3), 20, np.uint8)
        x, y = 8 * (index % 8), 8 * (index // 8)
        image[y : y + 8, x : x + 8] = 255
        makers.stored(folder / f'images/board_{index}.png', image)
        place = f'0 {(x + 4) / 64} {(y + 4) / 64} 0.125 0.125\n'
        makers.text(folder / f'labels/board_{index}.txt', place)
    return folder


def test_what_the_json_holds(store, tmp_path, evaluate, caplog):
    publish_mean(store)
    data = coloured(tmp_path / 'data', blue=0, green=1, red=2)
    code, found, out, _ = evaluate('means', data, '--robustness', '--baseline')
    assert code == 0 and list(found) == ['model', 'model_sha256', 'data', 'data_sha256', 'metrics']
    assert found['model'] == 'means@1' and len(found['data_sha256']) == 64
    metrics = found['metrics']
    assert metrics['accuracy'] == metrics['macro_f1'] == 1.0 and metrics['pictures'] == 30
    assert metrics['baseline']['name'] == 'majority'
    assert metrics['baseline']['accuracy'] == pytest.approx(1 / 3)
    table = metrics['robustness']
    assert set(table) == {'noise', 'blur', 'dark', 'bright', 'jpeg', 'rotation'}
    assert all(list(row) == [f'severity_{n}' for n in (1, 2, 3)] for row in table.values())
    assert table['jpeg']['severity_1'] == 1.0
    assert 'means@1 on 30 pictures of ' in out
    assert 'data (image_folder, classify): everything' in out
    assert sum('not TensorRT' in record.message for record in caplog.records) <= 1  # told once


def test_a_list_of_names_is_measured(store, tmp_path, evaluate):
    publish_mean(store)
    data = coloured(tmp_path / 'data', blue=0, green=1, red=2)
    names = makers.text(tmp_path / 'mine.txt', '# three\nblue0\ngreen/green3.png\nred9.png\n')
    code, found, _, _ = evaluate('means', data, '--split', names)
    assert (code, found['metrics']['pictures']) == (0, 3)
    names.write_text('blue0\nblue77\n')
    code, found, _, error = evaluate('means', data, '--split', names)
    assert (code, found) == (1, {}) and 'mine.txt line 2' in error and 'blue77' in error


def test_classes_go_by_name(store, tmp_path, evaluate):
    publish_mean(store, classes=['BLUE', 'green', 'ruby-red'])
    data = coloured(tmp_path / 'data', blue=0, ruby_red=2)
    code, found, out, _ = evaluate('means', data)
    assert code == 0 and found['metrics']['accuracy'] == 1.0
    said = (
        'classes are those of the model: blue is 0 (BLUE), ruby_red is 2 (ruby-red); the data have '
        'none of green'
    )
    assert found['classes'] == said and said in out
    assert found['metrics']['per_class'] == {'BLUE': 1.0, 'green': None, 'ruby-red': 1.0}


def test_an_unknown_class_is_refused_by_name(store, tmp_path, evaluate):
    publish_mean(store)
    data = coloured(tmp_path / 'data', blue=0, green=1, pink=2)
    code, found, _, error = evaluate('means', data)
    assert (code, found) == (1, {})
    assert 'has the classes pink, which means@1 does not know (it knows blue, green, red)' in error


def test_boxes_with_numbers_for_classes(store, tmp_path, evaluate):
    publish_blobs(store)
    code, found, out, error = evaluate('blobs', bright_cells(tmp_path / 'data'), '--baseline')
    assert code == 0, error
    assert 'class 0 is 0 (bright)' in out
    metrics = found['metrics']
    assert metrics['map50'] == pytest.approx(1.0) and metrics['map'] == pytest.approx(1.0)
    assert metrics['confusion'] and '  confusion' not in out  # tables are for the JSON
    assert {'map50_low', 'map33', 'map75', 'at_threshold', 'ap50_per_class'} <= set(metrics)
    assert metrics['baseline']['name'] == 'unusual_colour'


def test_a_template_makes_the_rival_the_difference_to_it(store, tmp_path, evaluate):
    publish_blobs(store, template=True, classes=['open'])
    data = bright_cells(tmp_path / 'data')
    for index in range(10):
        image = cv2.imread(str(data / f'images/board_{index}.png'))
        makers.stored(data / f'pairs/1000{index}000_test.png', image)
        makers.stored(data / f'pairs/1000{index}000_temp.png', np.full_like(image, 20))
        x, y = 8 * (index % 8), 8 * (index // 8)
        makers.text(data / f'pairs/1000{index}000.txt', f'{x} {y} {x + 8} {y + 8} 1\n')
    makers.text(data / 'pairs/classes.txt', 'open\n')
    code, found, _, error = evaluate('blobs', data / 'pairs', '--baseline')
    assert code == 0, error
    assert found['metrics']['map50'] == pytest.approx(1.0)
    assert found['metrics']['baseline']['name'] == 'template_difference'
    assert found['metrics']['baseline']['iou33']['recall'] is not None
