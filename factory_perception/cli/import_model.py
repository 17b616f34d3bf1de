"""``factory_perception models import``: run a detector that was trained elsewhere."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from factory_perception.cli.errors import CommandError
from factory_perception.model_store.store import default_store
from factory_perception.vision.coco import COCO_CLASSES
from factory_perception.vision.importing import import_detector, ImportSettings, RULES


def add_action(actions: argparse._SubParsersAction) -> None:
    """Add ``import`` to the actions of ``models``."""
    action = actions.add_parser(
        'import',
        help='take in an ONNX detector that was trained elsewhere',
        description='Publish an ONNX file as a model: YOLOX without decoding in the graph, or '
        'any network with the outputs "boxes" (edges in input pixels) and "scores".',
    )
    action.add_argument('file', type=Path, help='the ONNX file')
    action.add_argument('--name', required=True, help='name of the model')
    action.add_argument('--decoder', choices=sorted(RULES), default='yolox')
    action.add_argument(
        '--classes', default='coco', help='"coco", names separated by commas, or a file of names'
    )
    action.add_argument('--colour-order', choices=('bgr', 'rgb'))
    action.add_argument('--resize', choices=('letterbox', 'letterbox_top_left', 'stretch'))
    action.add_argument('--mean', type=float, nargs=3, metavar=('C1', 'C2', 'C3'))
    action.add_argument('--std', type=float, nargs=3, metavar=('C1', 'C2', 'C3'))
    action.add_argument('--score', type=float, default=0.3, help='score threshold')
    action.add_argument('--iou', type=float, default=0.45, help='overlap threshold')
    action.add_argument('--licence', default='unknown', help='of the weights')
    action.add_argument('--data-licence', default='unknown', help='of what they were trained on')
    action.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    rule = RULES[options.decoder]
    changes = {
        'colour_order': options.colour_order,
        'resize': options.resize,
        'mean': tuple(options.mean) if options.mean else None,
        'std': tuple(options.std) if options.std else None,
    }
    rule = replace(rule, **{name: value for name, value in changes.items() if value})
    settings = ImportSettings(
        options.name,
        _classes(options.classes),
        options.decoder,
        rule,
        {'score': options.score, 'iou': options.iou, 'max_detections': 100},
        options.licence,
        options.data_licence,
    )
    folder = import_detector(options.file, settings, default_store(options.store))
    print(f'{folder.label}: {folder.path}')
    return 0


def _classes(text: str) -> list[str]:
    if text == 'coco':
        return list(COCO_CLASSES)
    if Path(text).is_file():
        text = Path(text).read_text().replace('\n', ',')
    names = [name.strip() for name in text.split(',') if name.strip()]
    if not names:
        raise CommandError(f'no class names in "{text}"')
    return names
