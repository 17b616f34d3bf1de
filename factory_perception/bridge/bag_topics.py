"""Which topic of a bag is what, found by type and by the last part of its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from factory_perception.bridge.bags import BagError

_DETECTIONS = 'vision_msgs/msg/Detection2DArray'
_LABELS = 'vision_msgs/msg/LabelInfo'
_JOINTS = 'sensor_msgs/msg/JointState'
_TRUTH = '/gt/'


@dataclass(frozen=True)
class BagTopics:
    """The topics that an evaluation reads; whatever was not recorded is empty.

    Attributes:
        pictures: raw or compressed pictures.
        true_detections: what is really in the pictures.
        detections: what detectors saw.
        labels: the classes of detectors.
        joints: the joint states of the robot.
        reference: what its controller wants.
        forecasts: of the joints.
        true_faults: which faults are really there.
        events: what was raised, renamed and cleared.
    """

    pictures: tuple[str, ...]
    true_detections: tuple[str, ...]
    detections: tuple[str, ...]
    labels: tuple[str, ...]
    joints: str
    reference: str
    forecasts: tuple[str, ...]
    true_faults: tuple[str, ...]
    events: tuple[str, ...]


def find_topics(types: Mapping[str, str], joints: str = '') -> BagTopics:
    """Sort the topics of a bag, in any namespace.

    Args:
        types: topics and their types.
        joints: the joint states to take, where a bag has several.

    Raises:
        BagError: several robots and none named, or the named one is not there.
    """
    boxes = _of(types, _DETECTIONS)
    trajectories = _of(types, 'trajectory_msgs/msg/JointTrajectory')
    return BagTopics(
        pictures=_pictures(types),
        true_detections=tuple(topic for topic in boxes if _TRUTH in topic),
        detections=tuple(topic for topic in boxes if _TRUTH not in topic),
        labels=_of(types, _LABELS),
        joints=_joints(types, joints),
        reference=next(iter(_ending(_of(types, _JOINTS), '/joint_reference')), ''),
        forecasts=_ending(trajectories, '/forecast'),
        true_faults=_ending(_of(types, 'diagnostic_msgs/msg/DiagnosticArray'), '/gt/faults'),
        events=_ending(_of(types, 'std_msgs/msg/String'), '/events'),
    )


def _pictures(types: Mapping[str, str]) -> tuple[str, ...]:
    found = _of(types, 'sensor_msgs/msg/Image') + _of(types, 'sensor_msgs/msg/CompressedImage')
    return tuple(topic for topic in found if not topic.endswith('/overlay'))  # drawn over


def _joints(types: Mapping[str, str], asked: str) -> str:
    there = _of(types, _JOINTS)
    if asked:
        if asked not in there:
            raise BagError(f'{asked} is no topic of joint states: {", ".join(there) or "none"}')
        return asked
    found = _ending(there, '/joint_states')
    if len(found) > 1:
        raise BagError(f'several robots ({", ".join(found)}): name one with --joint-states')
    return found[0] if found else ''


def _of(types: Mapping[str, str], kind: str) -> tuple[str, ...]:
    return tuple(sorted(topic for topic, name in types.items() if name == kind))


def _ending(topics: tuple[str, ...], ending: str) -> tuple[str, ...]:
    return tuple(topic for topic in topics if topic.endswith(ending))
