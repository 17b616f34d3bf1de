"""The still models of the world: ground, conveyor, bins, lamps."""

from __future__ import annotations

from collections.abc import Iterator

from factory_perception.cell.config import BeltConfig, CellConfig, LampConfig
from factory_perception.cell.gazebo.arm_model import system
from factory_perception.cell.gazebo.fixtures import belt_box, Box, boxes_of
from factory_perception.cell.gazebo.material import painted, pictured
from factory_perception.cell.gazebo.palette import colour_of
from factory_perception.cell.gazebo.topics import BELT_COMMAND, BELT_ODOMETRY
from factory_perception.cell.gazebo.xml import element, Node

BELT_PICTURE = 'model://factory_parts/textures/belt.png'
_FLOOR_RGBA = (0.42, 0.42, 0.40, 1.0)
_HALL_M = (12.0, 12.0)
_ODOMETRY_HZ = 20
#: Friction across the belt keeps parts in their lane; along it they are taken along.
_FRICTION_ALONG, _FRICTION_ACROSS = 0.7, 150.0
#: The lamps of the cell are bars; here each is a point with so much of its share.
_BRIGHTNESS = 1.6


def furniture(config: CellConfig) -> Iterator[Node]:
    """Give all models that never move; the belt's surface does."""
    yield _ground()
    yield _conveyor(config)
    for box in boxes_of(config)[1:]:
        yield _still(box.name, box.xyz_m, _shapes(box, painted(colour_of(box.name))))


def lamps(config: CellConfig) -> Iterator[Node]:
    """Give the lights."""
    for lamp in config.lights.lamps:
        yield _lamp(lamp)


def _ground() -> Node:
    def plane(tag: str, *more: Node) -> Node:
        shape = element('plane', element('normal', (0, 0, 1)), element('size', _HALL_M))
        return element(tag, element('geometry', shape), *more, name=tag)

    return _still('ground', (0, 0, 0), [plane('collision'), plane('visual', painted(_FLOOR_RGBA))])


def _conveyor(config: CellConfig) -> Node:
    box = belt_box(config)
    grip = element(
        'surface',
        element(
            'friction',
            element(
                'ode',
                element('mu', _FRICTION_ALONG),
                element('mu2', _FRICTION_ACROSS),
                element('fdir1', (0, 1, 0)),
            ),
        ),
    )
    look = pictured(BELT_PICTURE, roughness=0.9, metalness=0.0)
    model = _still(box.name, box.xyz_m, _shapes(box, look, grip))
    model.append(_drive(config.belt))
    return model


def _drive(belt: BeltConfig) -> Node:
    return system(
        'track-controller',
        'TrackController',
        element('link', 'link'),
        element('velocity_topic', BELT_COMMAND),
        element('odometry_topic', BELT_ODOMETRY),
        element('odometry_publish_frequency', _ODOMETRY_HZ),
        element('min_velocity', -belt.max_speed_m_s),
        element('max_velocity', belt.max_speed_m_s),
    )


def _still(name: str, xyz: tuple[float, ...], shapes: list[Node]) -> Node:
    return element(
        'model',
        element('static', 'true'),
        element('pose', (*xyz, 0, 0, 0)),
        element('link', *shapes, name='link'),
        name=name,
    )


def _shapes(box: Box, look: Node, surface: Node | None = None) -> list[Node]:
    def shape(tag: str, *more: Node) -> Node:
        size = element('box', element('size', box.size_m))
        return element(tag, element('geometry', size), *more, name=tag)

    collision = shape('collision') if surface is None else shape('collision', surface)
    return [collision, shape('visual', look)]


def _lamp(lamp: LampConfig) -> Node:
    blue, green, red = (min(_BRIGHTNESS * lamp.share * part, 1.0) for part in lamp.colour_bgr)
    return element(
        'light',
        element('cast_shadows', 'true'),
        element('pose', (*lamp.xyz_m, 0, 0, 0)),
        element('diffuse', (red, green, blue, 1.0)),
        element('specular', (red / 3, green / 3, blue / 3, 1.0)),
        element(
            'attenuation',
            element('range', 6),
            element('constant', 0.4),
            element('linear', 0.2),
            element('quadratic', 0.05),
        ),
        name=lamp.name,
        type='point',
    )
