"""Pictures and truth as a COCO data set on disk."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
import functools
import json
import multiprocessing
from pathlib import Path
from typing import Any

import cv2

from factory_perception.cell.config import CellConfig
from factory_perception.cell.dataset import DatasetSettings, PictureSource
from factory_perception.cell.parts import CLASSES
from factory_perception.files import write_atomic

ANNOTATIONS_FILE = 'annotations.json'


def write_coco(
    folder: Path,
    seeds: Iterable[int],
    settings: DatasetSettings | None = None,
    jpeg_quality: int | None = 92,
    workers: int = 1,
    config: CellConfig | None = None,
) -> Path:
    """Write the pictures of some seeds and their annotations.

    Every file is written in one step and the annotations last, so an interrupted run leaves no
    data set that looks whole. Category ids are 1 and up in the order of ``CLASSES``; ``part_id``
    and ``instance_id`` are added to each annotation, ``seed`` to each image.

    Args:
        folder: made when absent; pictures go to ``images/`` in it.
        seeds: one picture each.
        settings: what the pictures show.
        jpeg_quality: 1 to 100; None writes PNG.
        workers: processes to draw with.
        config: the cell to draw pictures about; the one of the package when absent.

    Returns:
        The path of the annotation file.
    """
    (folder / 'images').mkdir(parents=True, exist_ok=True)
    seeds = list(seeds)
    draw = functools.partial(_write_one, folder, config, settings, jpeg_quality)
    if workers > 1:
        context = multiprocessing.get_context('spawn')
        with ProcessPoolExecutor(workers, mp_context=context) as pool:
            entries = list(pool.map(draw, seeds, chunksize=8))
    else:
        entries = [draw(seed) for seed in seeds]
    path = folder / ANNOTATIONS_FILE
    write_atomic(path, json.dumps(_document(entries)).encode())
    return path


@functools.lru_cache(maxsize=2)
def _source(config: CellConfig | None, settings: DatasetSettings | None) -> PictureSource:
    return PictureSource(config, settings)


def _write_one(
    folder: Path,
    config: CellConfig | None,
    settings: DatasetSettings | None,
    quality: int | None,
    seed: int,
) -> dict[str, Any]:
    image, truth = _source(config, settings).sample(seed)
    if quality is None:
        name, options = f'{seed:08d}.png', [cv2.IMWRITE_PNG_COMPRESSION, 3]
    else:
        name, options = f'{seed:08d}.jpg', [cv2.IMWRITE_JPEG_QUALITY, quality]
    _, data = cv2.imencode(name[-4:], image, options)
    write_atomic(folder / 'images' / name, data.tobytes())
    boxes = [
        {
            'category_id': int(truth.class_ids[index]) + 1,
            'bbox': _xywh(truth.boxes_xyxy[index].tolist()),
            'area': int(truth.areas[index]),
            'iscrowd': 0,
            'instance_id': int(truth.instance_ids[index]),
            'part_id': int(truth.part_ids[index]),
        }
        for index in range(len(truth))
    ]
    height, width = image.shape[:2]
    return {'file_name': name, 'width': width, 'height': height, 'seed': seed, 'boxes': boxes}


def _xywh(box: list[float]) -> list[float]:
    return [box[0], box[1], box[2] - box[0], box[3] - box[1]]


def _document(entries: list[dict[str, Any]]) -> dict[str, Any]:
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for image_id, entry in enumerate(entries, 1):
        images.append({'id': image_id, **{k: v for k, v in entry.items() if k != 'boxes'}})
        for box in entry['boxes']:
            annotations.append({'id': len(annotations) + 1, 'image_id': image_id, **box})
    parts_and_defects = [
        {'id': index, 'name': name, 'supercategory': 'part' if index <= 3 else 'defect'}
        for index, name in enumerate(CLASSES, 1)
    ]
    return {
        'info': {'description': 'factory_perception embedded cell', 'version': '1'},
        'licenses': [{'id': 1, 'name': 'Apache-2.0'}],
        'images': images,
        'annotations': annotations,
        'categories': parts_and_defects,
    }
