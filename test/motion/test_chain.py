"""Forward kinematics out of URDF, against the cell's own arm."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.cell.config import load_config
from factory_perception.cell.kinematics import chain_of, tool_pose
from factory_perception.motion.chain import ChainError, read_chain, tip_positions


def joint(name, parent, child, kind='revolute', extra=''):
    return (
        f'<joint name="{name}" type="{kind}"><parent link="{parent}"/><child link="{child}"/>'
        f'{extra}</joint>'
    )


def robot(*joints):
    return f'<robot name="r">{"".join(joints)}</robot>'


def test_the_arm_of_the_cell():
    arm = load_config().arm
    parts, links = [], ['base', *(f'link_{i}' for i in range(len(arm.joints)))]
    for index, one in enumerate(arm.joints):
        words = [' '.join(map(str, values)) for values in (one.xyz_m, one.rpy_rad, one.axis)]
        extra = f'<origin xyz="{words[0]}" rpy="{words[1]}"/><axis xyz="{words[2]}"/>'
        parts.append(joint(one.name, links[index], links[index + 1], 'revolute', extra))
    tool = ' '.join(map(str, arm.tool_xyz_m))
    parts.append(joint('tool', links[-1], 'tool', 'fixed', f'<origin xyz="{tool}"/>'))
    chain = read_chain(robot(*parts), arm.joint_names)
    positions = np.random.default_rng(0).uniform(-2, 2, (20, len(arm.joints)))
    own = chain_of(arm)
    expected = (tool_pose(own, positions)[1] - own.base_position) @ own.base_rotation
    np.testing.assert_allclose(tip_positions(chain, positions), expected, atol=1e-9)
    assert (chain.base, chain.tip) == ('base', 'tool')


def test_prismatic_joints_turned_frames_and_a_chosen_tip():
    text = robot(
        joint('lift', 'world', 'slide', 'prismatic',
              '<axis xyz="0 0 2"/><origin xyz="1 0 0" rpy="1.5707963267948966 0 0"/>'),
        joint('finger', 'slide', 'left', 'fixed', '<origin xyz="0 0 1"/>'),
    )  # fmt: skip
    chain = read_chain(text, ['lift'])
    np.testing.assert_allclose(tip_positions(chain, np.array([[0.5]])), [[1, -1.5, 0]], atol=1e-12)
    shorter = read_chain(text, ['lift'], 'slide')
    np.testing.assert_allclose(tip_positions(shorter, np.array([[0.5]])), [[1, -0.5, 0]], atol=1e-9)


BROKEN = {
    'no XML': '<robot',
    'defines entities': '<!DOCTYPE robot><robot/>',
    'no URDF': '<sdf/>',
    'no joint b': robot(joint('a', 'x', 'y')),
    'circle': robot(joint('a', 'x', 'y'), joint('b', 'y', 'x')),
    'axis of length 0': robot(
        joint('a', 'x', 'y'), joint('b', 'y', 'z', extra='<axis xyz="0 0 0"/>')
    ),
    'joint b of the robot description': robot(
        joint('a', 'x', 'y'), joint('b', 'y', 'z', extra='<axis xyz="0 up 0"/>')
    ),
}


@pytest.mark.parametrize('text, urdf', BROKEN.items())
def test_descriptions_that_cannot_be_used(text, urdf):
    with pytest.raises(ChainError, match=text):
        read_chain(urdf, ['a', 'b'])


def test_a_tip_that_is_not_there():
    with pytest.raises(ChainError, match='no link hand'):
        read_chain(robot(joint('a', 'x', 'y')), ['a'], 'hand')
