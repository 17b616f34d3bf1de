"""The detector with a model that compares pictures with those of faultless parts."""

from __future__ import annotations

import cv2
from diagnostic_msgs.msg import DiagnosticArray
import numpy as np
import pytest
from rclpy.parameter import Parameter
from vision_msgs.msg import Detection2DArray

from factory_perception.nodes.detector import DetectorNode
from test.nodes.conftest import wait_for
from test.nodes.test_detector import camera, image_message, picture, send_until
from test.support import publish_blobs

__all__ = ['camera']  # the fixture


@pytest.fixture
def start(ros, store, tmp_path):
    """Start a detector whose template shows a bright cell in column 2, row 1."""
    publish_blobs(store, 'compare', template=True)
    cv2.imwrite(str(tmp_path / 'good.png'), picture(2, 1))
    cv2.imwrite(str(tmp_path / 'other.png'), picture(5, 5))

    def start(**parameters):
        values = {
            'model': 'compare', 'model_store': [str(store.roots[0])],
            'templates': [str(tmp_path / 'good.png')], **parameters,
        }  # fmt: skip
        overrides = [Parameter(name, value=value) for name, value in values.items()]
        return ros.add(DetectorNode(context=ros.context, parameter_overrides=overrides))

    return start


def test_only_what_differs_from_the_template_is_found(ros, start, camera, tmp_path):
    node = start()
    found = ros.collect(camera.node, Detection2DArray, 'detector/detections')
    both = np.maximum(picture(2, 1), picture(5, 5))
    message = send_until(camera, image_message(both), found)
    (item,) = message.detections
    centre = item.bbox.center.position
    assert (centre.x, centre.y) == pytest.approx((55, 55), abs=0.1)
    change = Parameter('templates', value=[str(tmp_path / 'other.png')])
    assert node.set_parameters([change])[0].successful
    found.clear()

    def moved():  # frames that were on their way still carry the old template
        camera(image_message(both))
        centres = [m.detections[0].bbox.center.position for m in found if m.detections]
        return [c for c in centres if (c.x, c.y) == pytest.approx((25, 15), abs=0.1)]

    wait_for(moved)


def test_a_template_that_cannot_be_read_is_refused_and_the_old_one_stays(start, tmp_path):
    node = start()
    wait_for(lambda: node._templates)
    before = node._templates
    (tmp_path / 'bad.png').write_bytes(b'no picture')
    for name in ('bad.png', 'nothing.png'):
        answer = node.set_parameters([Parameter('templates', value=[str(tmp_path / name)])])[0]
        assert not answer.successful and name in answer.reason
    assert node._templates is before


def test_a_picture_of_another_size_is_dropped_with_the_reason(ros, start, camera):
    start()
    health = ros.collect(camera.node, DiagnosticArray, '/diagnostics')

    def told():
        camera(image_message(picture(scale=5)))
        return [s for m in health for s in m.status for v in s.values
                if 'its template 80x80' in v.value + s.message]  # fmt: skip

    wait_for(told)


@pytest.mark.parametrize('model, templates, message', [
    ('compare', [''], 'set the parameter templates'),
    ('compare', ['a.png', 'b.png'], 'it names 2'),
    ('blobs', ['good.png'], 'compares with nothing'),
])  # fmt: skip
def test_wrong_templates_are_named(ros, store, start, camera, tmp_path, model, templates, message):
    publish_blobs(store)
    health = ros.collect(camera.node, DiagnosticArray, '/diagnostics')
    start(model=model, templates=[name and str(tmp_path / name) for name in templates])
    wait_for(lambda: [s for m in health for s in m.status if message in s.message])
