"""Explain in words why nothing arrives on a topic."""

from __future__ import annotations

from rclpy.node import Node
from rclpy.qos import qos_check_compatible, QoSCompatibility, QoSProfile
from rclpy.topic_endpoint_info import TopicEndpointInfo

#: What to do when frames do not arrive although everything fits.
PROFILE_HINT = (
    'Fast DDS without a larger shared-memory segment loses frames over 0.5 MB; start the publisher '
    'with FASTRTPS_DEFAULT_PROFILES_FILE={profile}'
)


#: What to look at when other messages do not.
SENDER_HINT = 'Does it still send? Ask "ros2 topic hz {topic}"'


def describe_qos(qos: QoSProfile) -> str:
    """Name the policies that decide whether two ends match."""
    return f'{qos.reliability.name.lower()}, {qos.durability.name.lower()}, depth {qos.depth}'


def explain_silence(node: Node, topic: str, type_name: str, qos: QoSProfile, profile: str) -> str:
    """Say how many publishers a topic has and why none of them is heard.

    Args:
        node: the node that listens.
        topic: resolved name of the topic.
        type_name: type that is listened for, such as ``sensor_msgs/msg/Image``.
        qos: QoS that is listened with.
        profile: path of the shipped Fast DDS profile.
    """
    publishers = node.get_publishers_info_by_topic(topic)
    if not publishers:
        return (
            f'{topic} has no publisher (0): check the name with "ros2 topic list" and remap it, '
            'and that both sides have the same ROS_DOMAIN_ID'
        )
    reasons = {reason for end in publishers if (reason := _mismatch(end, topic, type_name, qos))}
    count = f'{topic} has {len(publishers)} publisher{"s" if len(publishers) > 1 else ""}'
    if reasons:
        return f'{count}, but {"; ".join(sorted(reasons))}'
    hint = PROFILE_HINT if type_name.endswith('Image') else SENDER_HINT
    return (
        f'{count} ({describe_qos(publishers[0].qos_profile)}) that fits, but nothing arrives. '
        + hint.format(profile=profile, topic=topic)
    )


def _mismatch(end: TopicEndpointInfo, topic: str, type_name: str, qos: QoSProfile) -> str:
    who = f'{end.node_namespace.rstrip("/")}/{end.node_name}'
    if end.topic_type != type_name:
        transport = 'set the parameter "transport" or ' if type_name.endswith('Image') else ''
        return (
            f'{who} publishes {end.topic_type}, not {type_name}: {transport}remap to another topic'
        )
    verdict, reason = qos_check_compatible(end.qos_profile, qos)
    if verdict != QoSCompatibility.ERROR:  # a warning is about policies left to the system
        return ''
    why = reason.strip().removeprefix('ERROR: ').rstrip(';')
    return (
        f'the QoS of {who} ({describe_qos(end.qos_profile)}) does not fit ours '
        f'({describe_qos(qos)}): {why}. Set the parameters '
        f'qos_overrides.{topic}.subscription.… of this node'
    )
