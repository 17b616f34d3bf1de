"""The world file: everything that Gazebo simulates."""

from __future__ import annotations

from collections.abc import Iterator

from factory_perception.cell.config import CellConfig
from factory_perception.cell.gazebo.arm_model import arm_model, system
from factory_perception.cell.gazebo.cameras import camera_model
from factory_perception.cell.gazebo.furniture import furniture, lamps
from factory_perception.cell.gazebo.part_model import part_model
from factory_perception.cell.gazebo.stock import StockPart
from factory_perception.cell.gazebo.topics import WORLD
from factory_perception.cell.gazebo.xml import document, element, Node

#: Read by sdformat 12 and all later ones: Gazebo Harmonic to Jetty, and the checker in Debian 12.
SDF_VERSION = '1.9'
STEP_S = 0.001


def world_sdf(config: CellConfig, stock: tuple[StockPart, ...]) -> bytes:
    """Give the SDF file."""
    light = config.lights.ambient
    world = element(
        'world',
        element(
            'physics',
            element('max_step_size', STEP_S),
            element('real_time_factor', 1),
            name='one_ms',
            type='ignored',
        ),
        *_systems(),
        element('gravity', (0, 0, -9.81)),
        element(
            'scene',
            element('ambient', (light, light, light, 1.0)),
            element('background', (0.6, 0.6, 0.6, 1.0)),
            element('shadows', 'true'),
        ),
        *lamps(config),
        *furniture(config),
        camera_model(config.camera),
        arm_model(config.arm),
        *(part_model(part) for part in stock),
        name=WORLD,
    )
    return document(element('sdf', world, version=SDF_VERSION), 'Made from config/cell.yaml.')


def _systems() -> Iterator[Node]:
    yield system('physics', 'Physics')
    yield system('user-commands', 'UserCommands')
    yield system('scene-broadcaster', 'SceneBroadcaster')
    yield system('sensors', 'Sensors', element('render_engine', 'ogre2'))
