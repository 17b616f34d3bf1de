"""Markers of the arm."""

from __future__ import annotations

import numpy as np
from std_msgs.msg import Header
from visualization_msgs.msg import Marker

from factory_perception.bridge.arm_markers import fault_markers, path_marker
from factory_perception.bridge.diagnostic_msgs import Level

HEADER = Header(frame_id='world')


def test_the_path_is_a_line_through_its_points():
    marker = path_marker(np.array([[0, 0, 1], [0.1, 0.2, 1.1]], float), HEADER)
    assert marker.type == Marker.LINE_STRIP
    assert [(point.x, point.y, point.z) for point in marker.points] == [(0, 0, 1), (0.1, 0.2, 1.1)]
    assert marker.scale.x > 0
    assert marker.color.a > 0


def test_only_joints_that_are_not_well_have_a_light():
    places = {'a': np.zeros(3), 'b': np.ones(3), 'c': np.full(3, 2.0)}
    levels = {'a': Level.OK, 'b': Level.WARN, 'c': Level.ERROR, 'elsewhere': Level.ERROR}
    markers = fault_markers(places, levels, {'c': 'friction rise'}, HEADER).markers
    balls = [marker for marker in markers if marker.type == Marker.SPHERE]
    assert [ball.pose.position.x for ball in balls] == [1.0, 2.0]
    assert balls[0].color.g > balls[1].color.g  # amber, red
    assert [m.text for m in markers if m.text] == ['b: ', 'c: friction rise']
    assert len({(marker.ns, marker.id) for marker in markers}) == len(markers)
    assert all(marker.header == HEADER for marker in markers)
    assert all(marker.lifetime.sec for marker in markers)  # they fade by themselves
