"""The arm as a Gazebo model: links, joints, and the systems that move and watch it."""

from __future__ import annotations

from collections.abc import Iterator

from factory_perception.cell.arm_config import ArmConfig, JointConfig, LinkConfig
from factory_perception.cell.arrays import Matrix
from factory_perception.cell.gazebo.controller import controller_of
from factory_perception.cell.gazebo.inertia import link_inertias, sdf_inertial
from factory_perception.cell.gazebo.material import painted
from factory_perception.cell.gazebo.palette import colour_of
from factory_perception.cell.gazebo.topics import JOINT_STATE, TRAJECTORY
from factory_perception.cell.gazebo.xml import element, Node


def arm_model(arm: ArmConfig) -> Node:
    """Give the model of the arm; at first it stands straight, all joints at 0."""
    bodies = zip(arm.links, link_inertias(arm), strict=True)
    base, *moving = (_link(link, inertia) for link, inertia in bodies)
    joints = list(_joints(arm))
    for link, joint in zip(moving, joints):
        link.insert(0, element('pose', (0, 0, 0, 0, 0, 0), relative_to=joint.attrib['name']))
    return element(
        'model',
        element('pose', (*arm.base_xyz_m, *arm.base_rpy_rad)),
        element(
            'joint',
            element('parent', 'world'),
            element('child', arm.links[0].name),
            name='base_mount',
            type='fixed',
        ),
        base,
        *(part for pair in zip(joints, moving) for part in pair),
        *_systems(arm),
        name=arm.name,
    )


def _link(link: LinkConfig, inertia: Matrix) -> Node:
    def shape(tag: str, *more: Node) -> Node:
        return element(
            tag,
            element('pose', (0, 0, link.length_m / 2, 0, 0, 0)),
            element(
                'geometry',
                element(
                    'cylinder', element('radius', link.radius_m), element('length', link.length_m)
                ),
            ),
            *more,
            name=tag,
        )

    return element(
        'link',
        sdf_inertial(link, inertia),
        shape('collision'),
        shape('visual', painted(colour_of(link.name))),
        name=link.name,
    )


def _joints(arm: ArmConfig) -> Iterator[Node]:
    for joint, parent, child in zip(arm.joints, arm.links, arm.links[1:]):
        yield _joint(joint, parent.name, child.name)


def _joint(joint: JointConfig, parent: str, child: str) -> Node:
    return element(
        'joint',
        element('pose', (*joint.xyz_m, *joint.rpy_rad), relative_to=parent),
        element('parent', parent),
        element('child', child),
        element(
            'axis',
            element('xyz', joint.axis),
            element(
                'limit',
                element('lower', joint.lower_rad),
                element('upper', joint.upper_rad),
                element('effort', joint.effort_nm),
                element('velocity', joint.velocity_rad_s),
            ),
            element(
                'dynamics',
                element('damping', joint.damping),
                element('friction', joint.friction_nm),
            ),
        ),
        name=joint.name,
        type='revolute',
    )


def _systems(arm: ArmConfig) -> Iterator[Node]:
    """Give the plugins; the one that adds torque comes after the one that overwrites it."""
    names = [element('joint_name', name) for name in arm.joint_names]
    yield system(
        'joint-state-publisher',
        'JointStatePublisher',
        element('topic', JOINT_STATE),
        element('update_rate', arm.rate_hz),
        *names,
    )
    yield system(
        'joint-trajectory-controller',
        'JointTrajectoryController',
        element('topic', TRAJECTORY),
        *_gains(arm),
    )
    for name in arm.joint_names:
        yield system('apply-joint-force', 'ApplyJointForce', element('joint_name', name))


def _gains(arm: ArmConfig) -> Iterator[Node]:
    controller = controller_of(arm)
    for index, name in enumerate(arm.joint_names):
        limit = float(controller.limit[index])
        yield element('joint_name', name)
        for kind, gain in (('position', controller.kp[index]), ('velocity', controller.kd[index])):
            yield element(f'{kind}_p_gain', float(gain))
            yield element(f'{kind}_i_gain', 0)
            yield element(f'{kind}_d_gain', 0)
            yield element(f'{kind}_cmd_min', -limit)
            yield element(f'{kind}_cmd_max', limit)


def system(file: str, name: str, *settings: Node) -> Node:
    """Give the plugin element of one of Gazebo's own systems."""
    return element(
        'plugin', *settings, filename=f'gz-sim-{file}-system', name=f'gz::sim::systems::{name}'
    )
