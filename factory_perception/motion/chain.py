"""A chain of joints out of a URDF, and where its tip is (http://wiki.ros.org/urdf/XML)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
import math
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

#: A robot description longer than this is no robot description.
MAX_CHARACTERS = 8 * 1024 * 1024
_MOVING = ('revolute', 'continuous', 'prismatic')
Array = NDArray[np.float64]


class ChainError(ValueError):
    """A robot description that cannot be used; the text names what is wrong."""


@dataclass(frozen=True)
class Link:
    """One joint of a chain.

    ``origin`` ``(4, 4)`` is its frame in the link before it; ``axis`` ``(3,)`` a unit vector in its
    own frame; ``place`` its column among the positions, ``None`` when it does not move.
    """

    origin: Array
    axis: Array
    prismatic: bool
    place: int | None


@dataclass(frozen=True)
class Chain:
    """Joints from the base to the tip; ``base`` is the name of the frame that poses are in."""

    base: str
    tip: str
    links: tuple[Link, ...]


def read_chain(urdf: str, joints: Sequence[str], tip: str = '') -> Chain:
    """Find the chain that ends behind the last of some joints.

    Args:
        urdf: a robot description.
        joints: names of the joints, in the order of the positions.
        tip: link at the end; '' follows fixed joints and single children behind the last joint.

    Raises:
        ChainError: it is no URDF, or lacks a joint or the tip.
    """
    found = _joints_of(urdf)
    by_name = {one.get('name', ''): one for one in found}
    missing = [name for name in joints if name not in by_name]
    if missing:
        raise ChainError(f'the robot description has no joint {", ".join(missing)}')
    above = {_link(one, 'child'): one for one in found}
    end = tip or max((_deepest(one, found) for one in map(by_name.get, joints)),
                     key=lambda link: len(_way_up(link, above)))  # fmt: skip
    way = _way_up(end, above)
    if tip and not way:
        raise ChainError(f'the robot description has no link {tip} behind a joint')
    links = tuple(_read_link(one, joints) for one in way)
    return Chain(_link(way[0], 'parent'), end, links)


def tip_positions(chain: Chain, positions: Array) -> Array:
    """Give where the tip is, ``(N, 3)`` in the base's frame, for joint positions ``(N, J)``."""
    pose = np.broadcast_to(np.eye(4), (len(positions), 4, 4))
    for link in chain.links:
        pose = pose @ link.origin
        if link.place is not None:
            pose = pose @ _motion(link, positions[:, link.place])
    return pose[:, :3, 3]


def _joints_of(urdf: str) -> list[ElementTree.Element]:
    if len(urdf) > MAX_CHARACTERS or '<!DOCTYPE' in urdf or '<!ENTITY' in urdf:
        raise ChainError('the robot description is too long or defines entities')
    try:
        root = ElementTree.fromstring(urdf)  # noqa: S314 - no entities, see above
    except ElementTree.ParseError as error:
        raise ChainError(f'the robot description is no XML: {error}') from error
    found = [one for one in root.findall('joint') if one.find('parent') is not None]
    if root.tag != 'robot' or not found:
        raise ChainError('the robot description is no URDF with joints')
    return found


def _link(joint: ElementTree.Element, role: str) -> str:
    end = joint.find(role)
    return '' if end is None else end.get('link', '')


def _deepest(joint: ElementTree.Element | None, found: list[ElementTree.Element]) -> str:
    """Follow the chain behind a joint while it neither divides nor moves."""
    assert joint is not None
    link = _link(joint, 'child')
    for _ in found:
        behind = [one for one in found if _link(one, 'parent') == link]
        if len(behind) != 1 or behind[0].get('type') != 'fixed':
            break
        link = _link(behind[0], 'child')
    return link


def _way_up(link: str, above: dict[str, ElementTree.Element]) -> list[ElementTree.Element]:
    way: list[ElementTree.Element] = []
    while link in above:
        if len(way) > len(above):
            raise ChainError(f'the robot description goes in a circle at {link}')
        way.append(above[link])
        link = _link(above[link], 'parent')
    return way[::-1]


def _read_link(joint: ElementTree.Element, joints: Sequence[str]) -> Link:
    kind, name = joint.get('type', ''), joint.get('name', '')
    origin, axis = joint.find('origin'), joint.find('axis')
    frame = np.eye(4)
    if origin is not None:
        frame[:3, :3] = _rotation(*_numbers(origin.get('rpy', '0 0 0'), name))
        frame[:3, 3] = _numbers(origin.get('xyz', '0 0 0'), name)
    way = np.array(_numbers('1 0 0' if axis is None else axis.get('xyz', '1 0 0'), name))
    length = float(np.linalg.norm(way))
    if not length:
        raise ChainError(f'joint {name} of the robot description has an axis of length 0')
    moves = kind in _MOVING and name in joints
    place = list(joints).index(name) if moves else None
    return Link(frame, way / length, kind == 'prismatic', place)


def _numbers(text: str, name: str) -> tuple[float, float, float]:
    try:
        first, second, third = (float(word) for word in text.split())
    except ValueError as error:
        raise ChainError(f'joint {name} of the robot description: "{text}"') from error
    return first, second, third


def _rotation(roll: float, pitch: float, yaw: float) -> Array:
    """Give the rotation about the fixed axes x, then y, then z."""
    (cr, sr), (cp, sp), (cy, sy) = ((math.cos(a), math.sin(a)) for a in (roll, pitch, yaw))
    return np.array(
        [
            [cy * cp, cy * sp * sr - sy * cr, cy * sp * cr + sy * sr],
            [sy * cp, sy * sp * sr + cy * cr, sy * sp * cr - cy * sr],
            [-sp, cp * sr, cp * cr],
        ]
    )


def _motion(link: Link, value: Array) -> Array:
    """Give what a joint does ``(N, 4, 4)``; a rotation by Rodrigues' formula."""
    motion = np.tile(np.eye(4), (len(value), 1, 1))
    if link.prismatic:
        motion[:, :3, 3] = value[:, None] * link.axis
        return motion
    x, y, z = link.axis
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    sine, cosine = np.sin(value)[:, None, None], np.cos(value)[:, None, None]
    motion[:, :3, :3] += sine * cross + (1 - cosine) * (cross @ cross)
    return motion
