"""The arm's forecast and its faults as markers for rviz."""

from __future__ import annotations

from collections.abc import Mapping

from builtin_interfaces.msg import Duration
from geometry_msgs.msg import Point
from numpy.typing import NDArray
from std_msgs.msg import ColorRGBA, Header
from visualization_msgs.msg import Marker, MarkerArray

from factory_perception.bridge.diagnostic_msgs import Level

_PATH_M, _BALL_M, _TEXT_M = 0.012, 0.20, 0.05
_LIFETIME = Duration(sec=1)
_PATH_COLOUR = ColorRGBA(r=0.1, g=0.8, b=1.0, a=0.9)
_TEXT_COLOUR = ColorRGBA(r=1.0, g=1.0, b=1.0, a=1.0)
#: Level of a joint to the colour of its ball; a healthy joint has none.
_LEVEL_COLOURS = {
    Level.WARN: ColorRGBA(r=1.0, g=0.75, b=0.0, a=0.6),
    Level.ERROR: ColorRGBA(r=1.0, g=0.1, b=0.05, a=0.6),
}


def path_marker(points_xyz: NDArray, header: Header) -> Marker:
    """Give the way (T, 3) of the tool, in metres in the frame of the header, as a line."""
    marker = Marker(header=header, ns='forecast', type=Marker.LINE_STRIP, lifetime=_LIFETIME)
    marker.scale.x = _PATH_M
    marker.color = _PATH_COLOUR
    marker.pose.orientation.w = 1.0
    marker.points = [Point(x=x, y=y, z=z) for x, y, z in points_xyz.tolist()]
    return marker


def fault_markers(
    places_xyz: Mapping[str, NDArray],
    levels: Mapping[str, Level],
    texts: Mapping[str, str],
    header: Header,
) -> MarkerArray:
    """Give a coloured ball and a text at each joint that is not well.

    Args:
        places_xyz: the middle (3,) of each joint, in metres in the frame of the header.
        levels: how each joint is; one that is not among the places is left out.
        texts: what is wrong with it.
        header: stamp and frame.
    """
    message = MarkerArray()
    for index, (joint, level) in enumerate(sorted(levels.items())):
        if level not in _LEVEL_COLOURS or joint not in places_xyz:
            continue
        ball = Marker(header=header, ns='fault', id=index, type=Marker.SPHERE, lifetime=_LIFETIME)
        ball.scale.x = ball.scale.y = ball.scale.z = _BALL_M
        ball.color = _LEVEL_COLOURS[level]
        text = Marker(
            header=header, ns='fault_text', id=index, type=Marker.TEXT_VIEW_FACING,
            lifetime=_LIFETIME, text=f'{joint}: {texts.get(joint, "")}',
        )  # fmt: skip
        text.scale.z = _TEXT_M
        text.color = _TEXT_COLOUR
        for marker, lift in ((ball, 0.0), (text, _BALL_M * 0.8)):
            x, y, z = places_xyz[joint].tolist()
            marker.pose.position = Point(x=x, y=y, z=z + lift)
            marker.pose.orientation.w = 1.0
        message.markers += [ball, text]
    return message
