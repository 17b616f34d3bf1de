"""A bounded folder of pictures with the detector's own boxes: a COCO data set to be corrected."""

from __future__ import annotations

from collections.abc import Sequence
import json
from pathlib import Path
import re
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from factory_perception.files import write_atomic
from factory_perception.vision.detections import Detections

ANNOTATIONS_FILE = 'annotations.json'
PICTURES_FOLDER = 'images'
_QUALITY = 92
_NAME = re.compile(r'\d{20}\.jpg')
_NOTE = (
    'Uncertain pictures with the boxes of the detector, not of a person: correct them in a '
    'labelling tool before training.'
)


class SampleError(ValueError):
    """The folder holds something else than samples; the text names it and the mend."""


class SampleFolder:
    """Adds a picture at a time; the oldest leave when there are too many or too large.

    Whatever happens, the annotations name only pictures that are there: a picture is written before
    it is named, and no longer named before it is deleted.
    """

    def __init__(self, folder: Path, most: int, most_bytes: int) -> None:
        """Open a folder, or make it.

        Raises:
            SampleError: its annotations are not such a file.
            OSError: it cannot be made or read.
        """
        self.folder = folder
        self._most = most
        self._most_bytes = most_bytes
        self._pictures = folder / PICTURES_FOLDER
        self._pictures.mkdir(parents=True, exist_ok=True)
        self._categories: list[str] = []
        self._samples: list[dict[str, Any]] = []
        self._read()

    def __len__(self) -> int:
        return len(self._samples)

    @property
    def bytes_used(self) -> int:
        """Give the size of all pictures."""
        return sum(sample['bytes'] for sample in self._samples)

    def add(
        self,
        image_bgr: NDArray[np.uint8],
        found: Detections,
        classes: Sequence[str],
        stamp_ns: int,
        doubt: float,
    ) -> None:
        """Keep a picture ``(H, W, 3)`` with its boxes.

        Raises:
            OSError: the disk is full, or the folder is not writable; what was there stays.
        """
        name = f'{stamp_ns:020d}.jpg'
        if any(sample['file_name'] == name for sample in self._samples):
            return  # the same picture of a recording that runs in a loop
        _, data = cv2.imencode('.jpg', image_bgr, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
        height, width = image_bgr.shape[:2]
        sample = {
            'file_name': name,
            'width': width,
            'height': height,
            'stamp_ns': stamp_ns,
            'doubt': round(doubt, 3),
            'bytes': len(data),
            'boxes': self._boxes(found, classes),
        }
        write_atomic(self._pictures / name, data.tobytes())
        kept, gone = self._bounded([*self._samples, sample])
        write_atomic(self.folder / ANNOTATIONS_FILE, self._document(kept))
        self._samples = kept
        for old in gone:
            (self._pictures / old['file_name']).unlink(missing_ok=True)

    def _boxes(self, found: Detections, classes: Sequence[str]) -> list[dict[str, Any]]:
        self._categories += [name for name in classes if name not in self._categories]
        boxes = []
        for (left, top, right, bottom), score, class_id in zip(
            found.boxes_xyxy.astype(float).round(1).tolist(), found.scores, found.class_ids
        ):
            size = [round(right - left, 1), round(bottom - top, 1)]
            category = self._categories.index(classes[class_id]) + 1
            boxes.append({
                'category_id': category, 'bbox': [left, top, *size], 'area': size[0] * size[1],
                'iscrowd': 0, 'score': round(float(score), 3),
            })  # fmt: skip
        return boxes

    def _bounded(
        self, samples: list[dict[str, Any]]
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        first, total = 0, sum(sample['bytes'] for sample in samples)
        while len(samples) - first > 1 and (
            len(samples) - first > self._most or total > self._most_bytes
        ):
            total -= samples[first]['bytes']
            first += 1
        return samples[first:], samples[:first]

    def _document(self, samples: list[dict[str, Any]]) -> bytes:
        images: list[dict[str, Any]] = []
        annotations: list[dict[str, Any]] = []
        for image_id, sample in enumerate(samples, 1):
            images.append({'id': image_id, **{k: v for k, v in sample.items() if k != 'boxes'}})
            for box in sample['boxes']:
                annotations.append({'id': len(annotations) + 1, 'image_id': image_id, **box})
        document = {
            'info': {'description': _NOTE, 'version': '1'},
            'images': images,
            'annotations': annotations,
            'categories': [
                {'id': number, 'name': name} for number, name in enumerate(self._categories, 1)
            ],
        }
        return json.dumps(document).encode()

    def _read(self) -> None:
        path = self.folder / ANNOTATIONS_FILE
        if not path.exists():
            return
        try:
            document = json.loads(path.read_bytes())
            boxes: dict[int, list[dict[str, Any]]] = {}
            for annotation in document['annotations']:
                box = {k: v for k, v in annotation.items() if k not in ('id', 'image_id')}
                boxes.setdefault(annotation['image_id'], []).append(box)
            self._categories = [item['name'] for item in document['categories']]
            self._samples = [
                _checked({**image, 'boxes': boxes.get(image['id'], [])})
                for image in document['images']
            ]
        except (ValueError, KeyError, TypeError) as error:
            raise SampleError(
                f'{path} was not written by the sampler ({error!r}): choose another folder, or '
                'move the file away'
            ) from error


def _checked(image: dict[str, Any]) -> dict[str, Any]:
    """Believe a sample of a file only if it has the form of ours: its name is a name to delete."""
    if not _NAME.fullmatch(image['file_name']) or not isinstance(image['bytes'], int):
        raise ValueError(f'{image["file_name"]!r} is no sample')
    return {key: value for key, value in image.items() if key != 'id'}
