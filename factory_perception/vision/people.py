"""Find people in a picture and make them unrecognisable, before anything is written to disk.

The finders of OpenCV need no model: standing people by histograms of gradients (Dalal and Triggs,
CVPR 2005), faces by cascades (Viola and Jones, CVPR 2001). They miss hands, backs and half-hidden
people; a detection model with the class ``person`` is better where one is at hand.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from factory_perception.vision.detector import Detector
from factory_perception.vision.image_view import ColourImage

PERSON = 'person'
_CASCADES = ('haarcascade_frontalface_default.xml', 'haarcascade_profileface.xml')
#: The finder of whole people was learned on this window, width and height in pixels.
_WINDOW_WH = (64, 128)
#: Blurred boxes are larger than found ones by this share of their size on every side.
_MARGIN = 0.15
#: A person is drawn with so many blocks along the longer side.
_BLOCKS = 6

Finder = Callable[[NDArray[np.uint8]], NDArray[np.float32]]


class PeopleError(ValueError):
    """People cannot be looked for; the text says why."""


def opencv_finder() -> Finder:
    """Give a finder ``(H, W, 3)`` BGR to boxes ``(N, 4)`` xyxy that needs no model.

    Raises:
        PeopleError: this OpenCV was built or packed without them.
    """
    folder = Path(getattr(getattr(cv2, 'data', None), 'haarcascades', '/usr/share/opencv4/'))
    files = [folder / name for name in _CASCADES]
    if not hasattr(cv2, 'CascadeClassifier') or not all(file.is_file() for file in files):
        raise PeopleError(
            f'OpenCV {cv2.__version__} comes without its finders of people: set people_model to a '
            'detection model with the class person'
        )
    faces = [cv2.CascadeClassifier(str(file)) for file in files]
    walkers = cv2.HOGDescriptor()
    walkers.setSVMDetector(np.array(cv2.HOGDescriptor.getDefaultPeopleDetector()))

    def find(image_bgr: NDArray[np.uint8]) -> NDArray[np.float32]:
        grey = cv2.cvtColor(image_bgr, cv2.COLOR_BGR2GRAY)
        found = [row for cascade in faces for row in cascade.detectMultiScale(grey, 1.1, 5)]
        if grey.shape[1] >= _WINDOW_WH[0] and grey.shape[0] >= _WINDOW_WH[1]:
            found += list(walkers.detectMultiScale(grey, winStride=(8, 8))[0])
        boxes = np.array(found, np.float32).reshape(-1, 4)
        boxes[:, 2:] += boxes[:, :2]
        return boxes

    return find


def model_finder(detector: Detector) -> Finder:
    """Give a finder that asks a detection model.

    Raises:
        PeopleError: the model does not know people.
    """
    if PERSON not in detector.classes:
        raise PeopleError(f'people_model has no class "{PERSON}": {", ".join(detector.classes)}')
    person = list(detector.classes).index(PERSON)

    def find(image_bgr: NDArray[np.uint8]) -> NDArray[np.float32]:
        (found,), _ = detector.detect([ColourImage(image_bgr, 'bgr')])
        return found.boxes_xyxy[found.class_ids == person]

    return find


def blur_boxes(image_bgr: NDArray[np.uint8], boxes_xyxy: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Give a copy of a picture in which a few blocks of colour are left of each box."""
    blurred = image_bgr.copy()
    height, width = image_bgr.shape[:2]
    margin = (boxes_xyxy[:, 2:] - boxes_xyxy[:, :2]) * _MARGIN
    edges = np.hstack([boxes_xyxy[:, :2] - margin, boxes_xyxy[:, 2:] + margin])
    limits = np.array([width, height, width, height])
    for left, top, right, bottom in np.clip(np.rint(edges), 0, limits).astype(int):
        if right <= left or bottom <= top:
            continue
        region = blurred[top:bottom, left:right]
        scale = _BLOCKS / max(region.shape[:2])
        size = tuple(max(round(side * min(scale, 1)), 1) for side in region.shape[1::-1])
        blocks = cv2.resize(region, size, interpolation=cv2.INTER_AREA)
        region[:] = cv2.resize(blocks, region.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    return blurred
