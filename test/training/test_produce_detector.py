"""From pictures to a published detector that finds things, in seconds."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from factory_perception.engines.selection import open_engine
from factory_perception.training.evaluate_detector import evaluate_detector
from factory_perception.training.export_detector import export_onnx
from factory_perception.training.networks.detection import DeployedDetector, DetectionNetwork
from factory_perception.training.produce_detector import produce_detector
from factory_perception.training.train_detector import DetectorTraining
from test.training.shapes import Shapes

FACTS = {'command': 'test', 'licence': {'model': 'Apache-2.0', 'data': 'none'}, 'settings': {}}
HOW = DetectorTraining(input_wh=(128, 96), epochs=12, batch=16, workers=0, average_steps=30)


def test_learns_exports_and_publishes(store):
    steps = []
    folder = produce_detector(
        'shapes', Shapes(256), Shapes(60, seed=1), HOW, store, FACTS, steps.append
    )
    assert len(steps) == 12 * 16 and steps[-1].loss < 0.5 * steps[0].loss
    figures = folder.manifest.metrics['fp32']
    assert figures['map50'] > 0.8 and figures['data'] == 'shapes of the tests'
    assert store.champion('shapes') == 1
    folder.verify()
    fresh = evaluate_detector(folder, Shapes(40, seed=2))
    assert fresh['map50'] > 0.75


def test_exported_file_answers_like_torch_for_any_batch(store):
    torch.manual_seed(0)
    network = DetectionNetwork(3).eval()
    import onnxruntime

    session = onnxruntime.InferenceSession(export_onnx(network, (128, 64)))
    deployed = DeployedDetector(network, 64, 128).eval()
    for batch in (1, 3):
        images = np.random.default_rng(batch).normal(size=(batch, 3, 64, 128)).astype(np.float32)
        boxes, scores = session.run(['boxes', 'scores'], {'image': images})
        with torch.inference_mode():
            expected = deployed(torch.from_numpy(images))
        assert np.allclose(boxes, expected[0], rtol=1e-4, atol=1e-2)
        assert np.allclose(scores, expected[1], atol=1e-5)


def test_the_same_seed_gives_the_same_network(store):
    how = DetectorTraining(input_wh=(64, 64), epochs=1, batch=4, workers=0)
    runs = [
        produce_detector('same', Shapes(8), Shapes(2), how, store, FACTS, lambda step: None)
        for _ in range(2)
    ]
    first, second = (folder.read_probe().outputs['boxes'] for folder in runs)
    assert np.array_equal(first, second)


def test_engines_take_the_file(store):
    how = DetectorTraining(input_wh=(64, 64), epochs=1, batch=4, workers=0)
    folder = produce_detector('x', Shapes(8), Shapes(2), how, store, FACTS, lambda step: None)
    with open_engine(folder, 'onnxruntime') as engine:
        assert [str(spec) for spec in engine.outputs] == [
            'boxes float32 [batch, 84, 4]',
            'scores float32 [batch, 84, 2]',
        ]
        with pytest.raises(Exception, match='not 0'):
            engine.buffers(0)
