"""The robot description: the arm and the still things round it, every frame of the cell."""

from __future__ import annotations

from factory_perception.cell.arm_config import ArmConfig, JointConfig, LinkConfig
from factory_perception.cell.arrays import Matrix
from factory_perception.cell.camera import OPTICAL_RPY
from factory_perception.cell.config import CellConfig
from factory_perception.cell.gazebo.fixtures import boxes_of
from factory_perception.cell.gazebo.inertia import inertia_numbers, link_inertias
from factory_perception.cell.gazebo.palette import colour_of
from factory_perception.cell.gazebo.xml import document, element, Node

TOOL_FRAME = 'tool0'


def arm_urdf(config: CellConfig) -> bytes:
    """Give the URDF file."""
    arm, camera = config.arm, config.camera
    bodies = zip(arm.links, link_inertias(arm), strict=True)
    zero = (0.0, 0.0, 0.0)
    parts = [
        element('link', name=config.world_frame),
        _fixed(config.world_frame, arm.links[0].name, arm.base_xyz_m, arm.base_rpy_rad),
        *(_link(link, inertia) for link, inertia in bodies),
        *_joints(arm),
        *_frame(arm.links[-1].name, TOOL_FRAME, arm.tool_xyz_m, zero),
        *_frame(config.world_frame, camera.link_frame, camera.xyz_m, camera.rpy_rad),
        *_frame(camera.link_frame, camera.optical_frame, zero, OPTICAL_RPY),
    ]
    for box in boxes_of(config):
        shape = element('geometry', element('box', size=box.size_m))
        parts.append(element('link', element('visual', shape, _colour(box.name)), name=box.name))
        parts.append(_fixed(config.world_frame, box.name, box.xyz_m, zero))
    return document(element('robot', *parts, name=arm.name), 'Made from config/cell.yaml.')


def _link(link: LinkConfig, inertia: Matrix) -> Node:
    def middle() -> Node:
        return element('origin', xyz=(0, 0, link.length_m / 2), rpy=(0, 0, 0))

    def shape() -> Node:
        return element('geometry', element('cylinder', radius=link.radius_m, length=link.length_m))

    return element(
        'link',
        element(
            'inertial',
            middle(),
            element('mass', value=link.mass_kg),
            element('inertia', **inertia_numbers(inertia)),
        ),
        element('visual', middle(), shape(), _colour(link.name)),
        element('collision', middle(), shape()),
        name=link.name,
    )


def _colour(name: str) -> Node:
    return element('material', element('color', rgba=colour_of(name)), name=f'{name}_colour')


def _joints(arm: ArmConfig) -> list[Node]:
    pairs = zip(arm.joints, arm.links, arm.links[1:])
    return [_joint(joint, parent.name, child.name) for joint, parent, child in pairs]


def _joint(joint: JointConfig, parent: str, child: str) -> Node:
    return element(
        'joint',
        element('parent', link=parent),
        element('child', link=child),
        element('origin', xyz=joint.xyz_m, rpy=joint.rpy_rad),
        element('axis', xyz=joint.axis),
        element(
            'limit',
            lower=joint.lower_rad,
            upper=joint.upper_rad,
            effort=joint.effort_nm,
            velocity=joint.velocity_rad_s,
        ),
        element('dynamics', damping=joint.damping, friction=joint.friction_nm),
        name=joint.name,
        type='revolute',
    )


def _fixed(parent: str, child: str, xyz: tuple[float, ...], rpy: tuple[float, ...]) -> Node:
    return element(
        'joint',
        element('parent', link=parent),
        element('child', link=child),
        element('origin', xyz=xyz, rpy=rpy),
        name=f'{child}_mount',
        type='fixed',
    )


def _frame(
    parent: str, child: str, xyz: tuple[float, ...], rpy: tuple[float, ...]
) -> tuple[Node, Node]:
    return element('link', name=child), _fixed(parent, child, xyz, rpy)
