"""Which topics there are when the cell runs with all its nodes, and with which QoS."""

from __future__ import annotations

from factory_perception.deployment import DEMO
from factory_perception.nodes.topics import OUT, TOPICS

#: From other packages: robot_state_publisher (twice), rosgraph.
FOREIGN = {
    '/robot_description': 'std_msgs/msg/String',
    '/forecast/robot_description': 'std_msgs/msg/String',
    '/tf': 'tf2_msgs/msg/TFMessage',
    '/tf_static': 'tf2_msgs/msg/TFMessage',
    '/diagnostics': 'diagnostic_msgs/msg/DiagnosticArray',
}
#: Publishers whose subscribers must not ask for more.
BEST_EFFORT = {'/cell/camera/image_raw'}
#: Topics whose last message is kept for who comes late.
LATCHED = {
    '/robot_description', '/forecast/robot_description', '/tf_static', '/detector/label_info',
    '/fault_diagnoser/events',
}  # fmt: skip


def published() -> dict[str, str]:
    """Give topic and type of everything that is published."""
    nodes = {spec.executable for spec in DEMO} | {'arm_view', 'motion_predictor'}
    found = dict(FOREIGN)
    for node in nodes:
        for topic in TOPICS[node]:
            if topic.role == OUT:
                name = topic.name.replace('~', f'/{node}')
                found[name if name.startswith('/') else f'/{name}'] = topic.type_name
    return found
