"""Pictures for the page: paired with what was seen in them, encoded only when somebody asks."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
import json
import struct
import threading
import time
from typing import Any

import cv2
from numpy.typing import NDArray

from factory_perception.page.facts import Seen
from factory_perception.vision.image_view import ColourImage, ImageError

#: Pictures that wait for their detections; enough for a detector that needs a quarter second.
_WAITING = 4
#: Without detections for so long, pictures are shown without boxes.
_PATIENCE_S = 1.0


@dataclass(frozen=True)
class PictureSettings:
    """How pictures are encoded: widest side in pixels, and JPEG quality 1 to 100."""

    width: int = 960
    quality: int = 80


@dataclass(frozen=True)
class _Shot:
    number: int
    stamp_ns: int
    read: Callable[[], ColourImage]
    seen: Seen | None


class PictureFeed:
    """The newest picture of one camera that has its detections; older ones are forgotten.

    Filled by the ROS thread, emptied by the web thread. ``read`` of a picture is called once, and
    only when it is going to be shown.
    """

    def __init__(self, camera: str, settings: PictureSettings) -> None:
        self.camera = camera
        self._settings = settings
        self._lock = threading.Lock()
        self._waiting: OrderedDict[int, Callable[[], ColourImage]] = OrderedDict()
        self._shot: _Shot | None = None
        self._packed: tuple[int, bytes] = (0, b'')
        self._count = 0
        self._last_seen = -1e9
        self.trouble = ''

    def add_picture(self, stamp_ns: int, read: Callable[[], ColourImage]) -> None:
        """Take in a picture; ``read`` gives its pixels or raises ``ImageError``."""
        with self._lock:
            if time.monotonic() - self._last_seen > _PATIENCE_S:
                self._show(stamp_ns, read, None)
                return
            self._waiting[stamp_ns] = read
            while len(self._waiting) > _WAITING:
                self._waiting.popitem(last=False)

    def add_seen(self, seen: Seen) -> None:
        """Take in what the detector saw in a picture."""
        with self._lock:
            self._last_seen = time.monotonic()
            read = self._waiting.pop(seen.stamp_ns, None)
            if read is not None:
                self._show(seen.stamp_ns, read, seen)

    def clear(self) -> None:
        """Forget every picture, when nobody looks any longer."""
        with self._lock:
            self._waiting.clear()
            self._shot = None
            self._packed = (0, b'')

    def _show(self, stamp_ns: int, read: Callable[[], ColourImage], seen: Seen | None) -> None:
        self._count += 1
        self._shot = _Shot(self._count, stamp_ns, read, seen)

    def newer_than(self, number: int) -> tuple[int, bytes] | None:
        """Give number and packed form of the picture that came after one, if any did.

        All viewers share one encoding: four bytes with the length of a JSON text (big endian), the
        text (number, camera, stamp in s, size, boxes), a JPEG.
        """
        with self._lock:
            shot, packed = self._shot, self._packed
        if shot is None or shot.number <= number:
            return None
        if packed[0] != shot.number:
            try:
                packed = (shot.number, self._pack(shot))
                self.trouble = ''
            except (ImageError, cv2.error) as error:
                self.trouble = str(error)
                return None
            with self._lock:
                self._packed = packed
        return packed

    def _pack(self, shot: _Shot) -> bytes:
        image = shot.read()
        width, height = image.size_wh
        pixels: NDArray = image.to_bgr() if image.order != 'grey' else image.pixels
        scale = self._settings.width / width
        if scale < 1:
            size = (self._settings.width, max(round(height * scale), 1))
            pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
        options = [cv2.IMWRITE_JPEG_QUALITY, self._settings.quality]
        _, data = cv2.imencode('.jpg', pixels, options)
        about = {
            'number': shot.number,
            'camera': self.camera,
            'stamp': shot.stamp_ns / 1e9,
            'size': [width, height],
            'boxes': None if shot.seen is None else _boxes(shot.seen),
        }
        text = json.dumps(about, allow_nan=False).encode()
        return struct.pack('>I', len(text)) + text + data.tobytes()


def _boxes(seen: Seen) -> list[list[Any]]:
    """Give name, score and edges of each box, the surest last so that it is drawn on top."""
    found = seen.found
    return [
        [
            seen.classes[found.class_ids[index]],
            round(float(found.scores[index]), 2),
            *(round(float(edge), 1) for edge in found.boxes_xyxy[index]),
        ]
        for index in found.scores.argsort()
    ]
