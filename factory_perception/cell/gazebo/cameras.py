"""The overhead camera, and at the same place the one that sees the truth."""

from __future__ import annotations

from factory_perception.cell.config import CameraConfig
from factory_perception.cell.gazebo.topics import BOXES, IMAGE
from factory_perception.cell.gazebo.xml import element, Node

#: Noise of the picture, of full scale: about that of the embedded cell at its usual exposure.
_NOISE = 0.007
_CLIP_M = (0.05, 6.0)


def camera_model(camera: CameraConfig) -> Node:
    """Give the mount with both cameras; sensors look along +x of their link."""
    noise = element(
        'noise', element('type', 'gaussian'), element('mean', 0), element('stddev', _NOISE)
    )
    k1, k2, p1, p2, k3 = camera.distortion
    bend = element(
        'distortion',
        *(element(name, value) for name, value in
          (('k1', k1), ('k2', k2), ('k3', k3), ('p1', p1), ('p2', p2))),
        element('center', (0.5, 0.5)),
    )  # fmt: skip
    seen = [noise, bend] if any(camera.distortion) else [noise]
    return element(
        'model',
        element('static', 'true'),
        element('pose', (*camera.xyz_m, *camera.rpy_rad)),
        element(
            'link',
            _sensor(camera, 'camera', IMAGE, *seen),
            _sensor(camera, 'boundingbox_camera', BOXES, element('box_type', 'full_2d')),
            name=camera.link_frame,
        ),
        name=camera.name,
    )


def _sensor(camera: CameraConfig, kind: str, topic: str, *more: Node) -> Node:
    width, height = camera.size_wh
    boxes = [node for node in more if node.tag == 'box_type']
    return element(
        'sensor',
        element('topic', topic),
        element('gz_frame_id', camera.optical_frame),
        element('update_rate', camera.rate_hz),
        element('always_on', 'true'),
        element(
            'camera',
            *boxes,
            element('horizontal_fov', camera.hfov_rad),
            element(
                'image',
                element('width', width),
                element('height', height),
                element('format', 'R8G8B8'),
            ),
            element('clip', element('near', _CLIP_M[0]), element('far', _CLIP_M[1])),
            *(node for node in more if node.tag != 'box_type'),
        ),
        name=kind,
        type=kind,
    )
