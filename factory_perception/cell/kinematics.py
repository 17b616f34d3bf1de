"""Where the arm's links are: forward kinematics, Jacobian and a numerical inverse.

All functions take joint positions with any leading dimensions: (..., joints).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from factory_perception.cell.arm_config import ArmConfig
from factory_perception.cell.arrays import Matrix
from factory_perception.cell.camera import rotation_of


class ReachError(ValueError):
    """A pose that the arm cannot take; the text says how much is missing."""


@dataclass(frozen=True)
class Chain:
    """The arm's geometry, in URDF terms.

    ``origins`` (n, 3) and ``turns`` (n, 3, 3) are the joints' frames in their parent links,
    ``axes`` (n, 3) unit vectors in the joints' frames, ``tool`` (3,) the gripping point in the last
    link; the base stands in the world at ``base_position`` with ``base_rotation``.
    """

    origins: Matrix
    turns: Matrix
    axes: Matrix
    tool: Matrix
    base_position: Matrix
    base_rotation: Matrix
    lower: Matrix
    upper: Matrix


def chain_of(arm: ArmConfig) -> Chain:
    """Make the geometry that the cell configuration describes."""
    return Chain(
        np.array([joint.xyz_m for joint in arm.joints]),
        np.array([rotation_of(joint.rpy_rad) for joint in arm.joints]),
        np.array([joint.axis for joint in arm.joints]),
        np.array(arm.tool_xyz_m),
        np.array(arm.base_xyz_m),
        rotation_of(arm.base_rpy_rad),
        np.array([joint.lower_rad for joint in arm.joints]),
        np.array([joint.upper_rad for joint in arm.joints]),
    )


def joint_turns(chain: Chain, q: ArrayLike) -> Matrix:
    """Give the rotation (..., n, 3, 3) of each link in its parent link (Rodrigues' formula)."""
    angle = np.asarray(q, np.float64)[..., None, None]
    cross = np.zeros((len(chain.axes), 3, 3))
    x, y, z = chain.axes.T
    cross[:, 0, 1], cross[:, 0, 2], cross[:, 1, 2] = -z, y, -x
    cross -= cross.transpose(0, 2, 1)
    turn = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * (cross @ cross)
    return chain.turns @ turn


def forward(chain: Chain, q: ArrayLike) -> tuple[Matrix, Matrix]:
    """Give rotation (..., n, 3, 3) and position (..., n, 3) of every link's frame in the world."""
    turns = joint_turns(chain, q)
    rotation, position = chain.base_rotation, chain.base_position
    rotations, positions = [], []
    for index, origin in enumerate(chain.origins):
        position = position + rotation @ origin
        rotation = rotation @ turns[..., index, :, :]
        rotations.append(np.broadcast_to(rotation, (*turns.shape[:-3], 3, 3)))
        positions.append(np.broadcast_to(position, (*turns.shape[:-3], 3)))
    return np.stack(rotations, -3), np.stack(positions, -2)


def tool_pose(chain: Chain, q: ArrayLike) -> tuple[Matrix, Matrix]:
    """Give rotation (..., 3, 3) and position (..., 3) of the gripping point in the world."""
    rotations, positions = forward(chain, q)
    last = rotations[..., -1, :, :]
    return last, positions[..., -1, :] + last @ chain.tool


def jacobian(chain: Chain, q: ArrayLike) -> Matrix:
    """Give the geometric Jacobian (..., 6, n) of the gripping point: linear rows, then angular."""
    rotations, positions = forward(chain, q)
    tip = positions[..., -1, :] + rotations[..., -1, :, :] @ chain.tool
    axes = np.einsum('...nij,nj->...ni', rotations, chain.axes)
    linear = np.cross(axes, tip[..., None, :] - positions)
    return np.concatenate([linear, axes], -1).swapaxes(-1, -2)


def tool_down(yaw_rad: float) -> Matrix:
    """Give the rotation of a tool that points straight down, turned about the vertical."""
    return rotation_of((np.pi, 0.0, yaw_rad))


def solve_ik(
    chain: Chain, position: ArrayLike, rotation: Matrix, start: ArrayLike, steps: int = 120
) -> Matrix:
    """Find joint positions (n,) for a tool pose, by damped least squares from a start.

    Wampler, Manipulator inverse kinematic solutions based on vector formulations and damped
    least-squares methods, IEEE Trans. SMC 1986.

    Raises:
        ReachError: the pose was not met to 0.01 mm and 0.01 mrad within the joint limits.
    """
    q = np.array(start, np.float64)
    target = np.asarray(position, np.float64)
    error = np.zeros(6)
    for _ in range(steps):
        turn, tip = tool_pose(chain, q)
        error = np.concatenate([target - tip, _rotation_vector(rotation @ turn.T)])
        if np.abs(error).max() < 1e-5:
            return q
        matrix = jacobian(chain, q)
        damping = min(0.02, float(error @ error)) + 1e-9
        move = matrix.T @ np.linalg.solve(matrix @ matrix.T + damping * np.eye(6), error)
        largest = np.abs(move).max()
        q += move * min(1.0, 0.4 / largest if largest else 1.0)
        q = np.clip(q, chain.lower, chain.upper)
    raise ReachError(
        f'the arm cannot reach ({target[0]:.3f}, {target[1]:.3f}, {target[2]:.3f}) m: '
        f'{np.linalg.norm(error[:3]) * 1000:.1f} mm and {np.linalg.norm(error[3:]):.3f} rad are '
        'missing; move the target nearer to the base'
    )


def _rotation_vector(rotation: Matrix) -> Matrix:
    """Give axis times angle of a rotation; exact at 0, good to half a turn."""
    skew = np.array(
        [
            rotation[2, 1] - rotation[1, 2],
            rotation[0, 2] - rotation[2, 0],
            rotation[1, 0] - rotation[0, 1],
        ]
    )
    sine = np.linalg.norm(skew) / 2
    angle = np.arctan2(sine, (np.trace(rotation) - 1) / 2)
    if sine < 1e-9:
        # Half a turn has no skew part: any axis of the largest column of R + I will do.
        column = (rotation + np.eye(3))[:, int(np.argmax(np.diag(rotation)))]
        return angle * column / max(float(np.linalg.norm(column)), 1e-12)
    return skew / (2 * sine) * angle
