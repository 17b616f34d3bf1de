"""One part as a Gazebo model: mesh, picture, mass, and the label that its box is reported under."""

from __future__ import annotations

from factory_perception.cell.gazebo.arm_model import system
from factory_perception.cell.gazebo.material import pictured
from factory_perception.cell.gazebo.stock import StockPart
from factory_perception.cell.gazebo.xml import element, Node

FOLDER = 'factory_parts'


def part_model(stock: StockPart) -> Node:
    """Give the model; its contact shape is the cylinder that holds it."""
    part = stock.part
    radius, height = part.shape.radius_mm / 1000, part.shape.height_mm / 1000
    across = part.mass_kg * (3 * radius**2 + height**2) / 12
    moments = {'ixx': across, 'iyy': across, 'izz': part.mass_kg * radius**2 / 2}
    middle = element('pose', (0, 0, height / 2, 0, 0, 0))
    cylinder = element('cylinder', element('radius', radius), element('length', height))
    mesh = element('mesh', element('uri', f'model://{FOLDER}/meshes/{stock.name}.obj'))
    return element(
        'model',
        element('pose', (*stock.waiting_xyz_m, 0, 0, 0)),
        element(
            'link',
            element(
                'inertial',
                element('pose', (0, 0, height / 2, 0, 0, 0)),
                element('mass', part.mass_kg),
                element('inertia', *(element(name, value) for name, value in moments.items())),
            ),
            element('collision', middle, element('geometry', cylinder), name='collision'),
            element(
                'visual',
                element('geometry', mesh),
                pictured(f'model://{FOLDER}/textures/{stock.name}.png'),
                name='visual',
            ),
            name='link',
        ),
        system('label', 'Label', element('label', stock.label)),
        name=stock.name,
    )
