"""All files that are made from ``config/cell.yaml``."""

from __future__ import annotations

from pathlib import Path

import cv2

from factory_perception.cell.arrays import Picture
from factory_perception.cell.config import CellConfig
from factory_perception.cell.gazebo.arm_urdf import arm_urdf
from factory_perception.cell.gazebo.bridge import bridge_yaml
from factory_perception.cell.gazebo.part_mesh import part_mesh
from factory_perception.cell.gazebo.part_model import FOLDER
from factory_perception.cell.gazebo.part_pictures import belt_picture, part_picture, sprite_of
from factory_perception.cell.gazebo.parts_table import table_yaml
from factory_perception.cell.gazebo.stock import stock_of
from factory_perception.cell.gazebo.world import world_sdf
from factory_perception.files import write_atomic

WORLD_FILE = 'worlds/factory_cell.sdf'
ARM_FILE = 'urdf/cell_arm.urdf'
BRIDGE_FILE = 'config/gazebo_bridge.yaml'
PARTS_FILE = 'config/gazebo_parts.yaml'


def cell_files(config: CellConfig) -> dict[str, bytes]:
    """Give every file's content by its path below the share folder."""
    stock = stock_of(config)
    sprites = [sprite_of(part.part) for part in stock]
    files = {
        WORLD_FILE: world_sdf(config, stock),
        ARM_FILE: arm_urdf(config),
        BRIDGE_FILE: bridge_yaml(config),
        PARTS_FILE: table_yaml(stock, sprites),
        _texture('belt'): _png(belt_picture(config)),
    }
    for part, sprite in zip(stock, sprites):
        files[_texture(part.name)] = _png(part_picture(sprite, config))
        files[f'worlds/{FOLDER}/meshes/{part.name}.obj'] = part_mesh(sprite).encode()
    return files


def write_files(files: dict[str, bytes], folder: Path) -> None:
    """Write files below a folder, each in one step.

    Raises:
        OSError: the folder cannot be written to.
    """
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, content)


def _texture(name: str) -> str:
    return f'worlds/{FOLDER}/textures/{name}.png'


def _png(picture: Picture) -> bytes:
    return cv2.imencode('.png', picture, [cv2.IMWRITE_PNG_COMPRESSION, 9])[1].tobytes()
