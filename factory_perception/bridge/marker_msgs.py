"""Detections as boxes on a flat surface, for rviz."""

from __future__ import annotations

from collections.abc import Sequence

from builtin_interfaces.msg import Duration
import numpy as np
from std_msgs.msg import ColorRGBA, Header
from visualization_msgs.msg import Marker, MarkerArray

from factory_perception.vision.colours import Colour
from factory_perception.vision.detections import Detections
from factory_perception.vision.surface import SurfaceCamera

_THICKNESS_M = 0.02
_TEXT_M = 0.03


def write_markers(
    detections: Detections,
    classes: Sequence[str],
    palette: Sequence[Colour],
    camera: SurfaceCamera,
    header: Header,
    lifetime_s: float,
) -> MarkerArray:
    """Give a box and a label for each detection, in the optical frame of the camera (REP-103).

    Boxes whose corners do not hit the surface in front of the camera are left out.
    """
    message = MarkerArray()
    corners = camera.corners_on_surface(detections.boxes_xyxy)
    lifetime = Duration(sec=int(lifetime_s), nanosec=int(lifetime_s % 1 * 1e9))
    for index, points in enumerate(corners):
        if not np.isfinite(points).all():
            continue
        class_id = detections.class_ids[index]
        blue, green, red = (value / 255 for value in palette[class_id])
        box = Marker(header=header, ns='box', id=index, type=Marker.CUBE, lifetime=lifetime)
        _place(box, points.mean(axis=0))
        box.scale.x = float(np.linalg.norm(points[1] - points[0]))
        box.scale.y = float(np.linalg.norm(points[3] - points[0]))
        box.scale.z = _THICKNESS_M
        box.color = ColorRGBA(r=red, g=green, b=blue, a=0.5)
        text = Marker(
            header=header, ns='label', id=index, type=Marker.TEXT_VIEW_FACING, lifetime=lifetime
        )
        _place(text, points.mean(axis=0))
        text.scale.z = _TEXT_M
        text.color = ColorRGBA(r=1.0, g=1.0, b=1.0, a=1.0)
        text.text = f'{classes[class_id]} {detections.scores[index]:.2f}'
        message.markers += [box, text]
    return message


def _place(marker: Marker, point: np.ndarray) -> None:
    marker.pose.position.x, marker.pose.position.y, marker.pose.position.z = map(float, point)
    marker.pose.orientation.w = 1.0
