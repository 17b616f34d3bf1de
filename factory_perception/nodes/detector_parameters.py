"""Parameters of the detector node."""

from __future__ import annotations

from dataclasses import dataclass

from factory_perception.engines.selection import BACKENDS, PRECISIONS
from factory_perception.nodes.parameter_table import NodeParameters, parameter

TRANSPORTS = ('raw', 'compressed')


@dataclass(frozen=True)
class DetectorParameters(NodeParameters):
    """What can be set on a detector."""

    model: str = parameter(
        'parts', 'Model to run: a name (its champion), name@version, or the path of a model folder.'
    )
    model_store: list[str] = parameter(
        [''], 'Folders of models instead of the default ones; empty for the default ones.'
    )
    backend: str = parameter(
        'auto', 'What runs the model; auto takes the fastest that works here.', choices=BACKENDS
    )
    precision: str = parameter(
        'auto',
        'Precision of the network; auto takes the fastest that passed its gate.',
        choices=PRECISIONS,
    )
    threads: int = parameter(1, 'Processor threads of a CPU engine.', low=1, high=64)
    max_batch: int = parameter(
        4, 'At most so many cameras go through the engine at once.', low=1, high=32
    )
    cameras: list[str] = parameter(
        [''],
        'Names of the cameras; each has the topics NAME/image and ~/NAME/detections. '
        'Empty: one camera with the topics image and ~/detections.',
    )
    transport: str = parameter(
        'raw', 'raw listens to image, compressed to image/compressed.', choices=TRANSPORTS
    )
    image_timeout: float = parameter(
        2.0, 'Seconds without an image after which the node reports an error.', low=0.1, high=3600.0
    )
    score_threshold: float = parameter(
        0.0,
        "Report detections surer than this; 0 takes the model's own threshold.",
        low=0.0,
        high=1.0,
        live=True,
    )
    iou_threshold: float = parameter(
        0.0,
        "Boxes that overlap more than this show one thing; 0 takes the model's own threshold.",
        low=0.0,
        high=1.0,
        live=True,
    )
    max_detections: int = parameter(
        0,
        "At most so many detections a frame; 0 takes the model's own limit.",
        low=0,
        high=1000,
        live=True,
    )
    templates: list[str] = parameter(
        [''],
        'Picture files of faultless parts, one a camera or one for all, for models that compare '
        'with a template; taken with the same camera and part in the same place.',
        live=True,
    )
    surface_plane: list[float] = parameter(
        [0.0, 0.0, 0.0, 0.0],
        'Plane n.p = d that the objects lie on, as nx ny nz d in the optical frame of the camera '
        '(metres), for ~/markers; all zero: no markers.',
    )
