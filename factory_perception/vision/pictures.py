"""Pictures from a folder or a video file, one after the other, with their times."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
import re

import cv2
import numpy as np
from numpy.typing import NDArray

SUFFIXES = ('.jpg', '.jpeg', '.png', '.bmp', '.tif', '.tiff', '.webp')
VIDEO_SUFFIXES = ('.mp4', '.avi', '.mkv', '.mov', '.webm', '.m4v')


class PictureError(ValueError):
    """A folder, picture or video that cannot be read; the text names it."""


@dataclass(frozen=True)
class Picture:
    """One picture, uint8 ``(H, W, 3)`` BGR, with its place and its time in the sequence."""

    image_bgr: NDArray[np.uint8]
    index: int
    time_s: float
    name: str


def natural_order(path: Path) -> list[tuple[int, str]]:
    """Sort ``frame_10`` after ``frame_9``."""
    return [
        (int(part), '') if part.isdigit() else (0, part) for part in re.split(r'(\d+)', path.name)
    ]


def list_pictures(folder: Path) -> list[Path]:
    """List the picture files of a folder in natural order.

    Raises:
        PictureError: there are none.
    """
    paths = sorted(
        (path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES), key=natural_order
    )
    if not paths:
        raise PictureError(f'{folder} holds no picture ({", ".join(SUFFIXES)})')
    return paths


def read_picture(path: Path) -> NDArray[np.uint8]:
    """Read a picture file as BGR ``(H, W, 3)``.

    Raises:
        PictureError: it is no picture, or a broken one.
    """
    image = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise PictureError(f'{path} is no readable picture')
    return np.asarray(image, np.uint8)


def read_folder(folder: Path, fps: float) -> Iterator[Picture]:
    """Give the pictures of a folder, spaced by a frame rate."""
    for index, path in enumerate(list_pictures(folder)):
        yield Picture(read_picture(path), index, index / fps, path.name)


def read_video(path: Path, fps: float = 0.0) -> Iterator[Picture]:
    """Give the frames of a video file; ``fps`` 0 takes the file's own rate.

    Raises:
        PictureError: the file is no video that OpenCV can open.
    """
    capture = cv2.VideoCapture(str(path))
    try:
        if not capture.isOpened():
            raise PictureError(f'{path} is no readable video')
        rate = fps or capture.get(cv2.CAP_PROP_FPS)
        if not rate > 0:
            raise PictureError(f'{path} does not say its frame rate: give one')
        index = 0
        while True:
            good, image = capture.read()
            if not good:
                break
            yield Picture(np.asarray(image, np.uint8), index, index / rate, f'{path.name}#{index}')
            index += 1
        if index == 0:
            raise PictureError(f'{path} holds no frame that can be decoded')
    finally:
        capture.release()
