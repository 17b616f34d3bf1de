"""Output tensors to boxes, checked against boxes worked out one by one."""

from __future__ import annotations

import json

import numpy as np
import pytest

from factory_perception.model_store.manifest import ModelError, parse_manifest
from factory_perception.vision.decoders import CANDIDATES, Limits, make_decoder
from test.support import mean_manifest

LIMITS = Limits(score=0.3, iou=0.5, max_detections=10)


def manifest(decoder, outputs, classes=('a', 'b'), size=(64, 96)):
    content = mean_manifest(
        task='detect', classes=list(classes), decoder=decoder,
        outputs=[{'name': name, 'dtype': 'float32', 'shape': shape} for name, shape in outputs],
    )  # fmt: skip
    content['inputs'][0]['shape'] = ['batch', 3, *size]
    files = {'fp32.onnx': {'sha256': '0' * 64, 'bytes': 1, 'precision': 'fp32'}}
    text = json.dumps({'manifest_version': 1, 'version': 1, 'files': files, **content})
    return parse_manifest(text.encode(), 'here')


def own_head(anchors=4):
    outputs = [('boxes', ['batch', anchors, 4]), ('scores', ['batch', anchors, 2])]
    return make_decoder(manifest({'name': 'boxes_scores'}, outputs))


def test_own_head():
    boxes = np.zeros((2, 4, 4), np.float32)
    scores = np.zeros((2, 4, 2), np.float32)
    boxes[1] = [[0, 0, 10, 10], [1, 0, 11, 10], [1, 0, 11, 10], [50, 50, 60, 60]]
    scores[1] = [[0.9, 0.1], [0.8, 0.1], [0.1, 0.7], [0.2, 0.29]]
    found = own_head()({'boxes': boxes, 'scores': scores}, 1, LIMITS)
    assert found.boxes_xyxy.tolist() == [[0, 0, 10, 10], [1, 0, 11, 10]]
    assert found.scores.tolist() == pytest.approx([0.9, 0.7])
    assert found.class_ids.tolist() == [0, 1]
    assert len(own_head()({'boxes': boxes, 'scores': scores}, 0, LIMITS)) == 0


def test_candidates_are_bounded_and_the_surest_stay():
    count = 4 * CANDIDATES
    boxes = np.stack([np.arange(count) * 20.0] * 2 + [np.arange(count) * 20.0 + 9] * 2, axis=1)
    scores = np.zeros((1, count, 2), np.float32)
    scores[0, :, 1] = np.random.default_rng(0).permutation(np.linspace(0.4, 0.9, count))
    found = own_head(count)({'boxes': boxes[None].astype(np.float32), 'scores': scores}, 0,
                            Limits(0.3, 0.5, 50))  # fmt: skip
    assert len(found) == 50
    assert np.array_equal(found.scores, np.sort(scores[0, :, 1])[::-1][:50])


def yolox_by_hand(rows, size, strides, limits):
    """Decode row by row, as the paper's formula reads."""
    found, row = [], 0
    for stride in strides:
        for y in range(size[0] // stride):
            for x in range(size[1] // stride):
                cx, cy, w, h, objectness, *classes = rows[row]
                row += 1
                best = int(np.argmax(classes))
                score = objectness * classes[best]
                if score > limits.score:
                    cx, cy = (cx + x) * stride, (cy + y) * stride
                    w, h = np.exp(w) * stride, np.exp(h) * stride
                    found.append(([cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2], score, best))
    return sorted(found, key=lambda item: -item[1])


def test_yolox_decodes_like_the_formula():
    size, anchors = (64, 96), 8 * 12 + 4 * 6 + 2 * 3
    decode = make_decoder(manifest({'name': 'yolox'}, [('out', ['batch', anchors, 7])], size=size))
    rng = np.random.default_rng(3)
    rows = rng.normal(0, 0.3, (anchors, 7)).astype(np.float32)
    rows[:, 4:] = rng.uniform(0, 1, (anchors, 3))
    limits = Limits(0.55, 1.0, 100)  # no suppression: compare everything
    found = decode({'out': rows[None]}, 0, limits)
    expected = yolox_by_hand(rows, size, (8, 16, 32), limits)
    assert len(found) == len(expected) > 5
    assert np.allclose(found.boxes_xyxy, [box for box, _, _ in expected], atol=1e-3)
    assert np.allclose(found.scores, [score for _, score, _ in expected])
    assert found.class_ids.tolist() == [best for _, _, best in expected]


def test_yolox_sees_nothing():
    decode = make_decoder(manifest({'name': 'yolox'}, [('out', ['batch', 126, 7])]))
    assert len(decode({'out': np.zeros((1, 126, 7), np.float32)}, 0, LIMITS)) == 0


@pytest.mark.parametrize('decoder, outputs, text', [
    ({'name': 'magic'}, [('out', ['batch', 4, 4])], 'the decoder "magic"; known are boxes'),
    ({'name': 'boxes_scores'}, [('boxes', ['batch', 4, 4])], r'an output scores \[\*, \*, 2\]'),
    ({'name': 'boxes_scores'},
     [('boxes', ['batch', 4, 4]), ('scores', ['batch', 4, 3])], 'needs an output scores'),
    ({'name': 'yolox'}, [('out', ['batch', 125, 7])], r'needs an output out \[\*, 126, 7\]'),
])  # fmt: skip
def test_models_that_do_not_fit_their_decoder(decoder, outputs, text):
    with pytest.raises(ModelError, match=text):
        make_decoder(manifest(decoder, outputs))
