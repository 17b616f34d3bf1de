"""Materials of Gazebo's visuals."""

from __future__ import annotations

from factory_perception.cell.gazebo.xml import element, Node


def painted(rgba: tuple[float, float, float, float]) -> Node:
    """Give a plain colour."""
    return element('material', element('ambient', rgba), element('diffuse', rgba))


def pictured(uri: str, roughness: float = 0.6, metalness: float = 0.1) -> Node:
    """Give a surface with a picture on it."""
    white = (1.0, 1.0, 1.0, 1.0)
    return element(
        'material',
        element('ambient', white),
        element('diffuse', white),
        element('specular', (0.2, 0.2, 0.2, 1.0)),
        element(
            'pbr',
            element(
                'metal',
                element('albedo_map', uri),
                element('roughness', roughness),
                element('metalness', metalness),
            ),
        ),
    )
