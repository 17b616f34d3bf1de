"""Pictures meet their detections, are encoded once, and only when they are shown."""

from __future__ import annotations

import json
import struct

import cv2
import numpy as np
import pytest

from factory_perception.page import pictures
from factory_perception.page.facts import Seen
from factory_perception.page.pictures import PictureFeed, PictureSettings
from factory_perception.vision.detections import Detections
from factory_perception.vision.image_view import ColourImage, ImageError

BOX = Detections(
    np.array([[1, 2, 30, 40], [5, 5, 9, 9]], np.float32),
    np.array([0.912, 0.5], np.float32),
    np.array([1, 0], np.int32),
)


def seen(stamp_ns: int, found: Detections = BOX) -> Seen:
    return Seen(stamp_ns, ('gear', 'flange'), found)


class Picture:
    """A picture that counts how often its pixels were asked for."""

    def __init__(self, width: int = 64, order: str = 'bgr') -> None:
        shape = (48, width) if order == 'grey' else (48, width, 3)
        self.pixels = np.full(shape, 200, np.uint8)
        if order != 'grey':
            self.pixels[..., 0] = 20  # no blue in bgr, no red in rgb
        self.order, self.reads = order, 0

    def __call__(self) -> ColourImage:
        self.reads += 1
        return ColourImage(self.pixels, self.order)


def unpack(packed: bytes) -> tuple[dict, np.ndarray]:
    (length,) = struct.unpack_from('>I', packed)
    jpeg = np.frombuffer(packed[4 + length :], np.uint8)
    return json.loads(packed[4 : 4 + length]), cv2.imdecode(jpeg, cv2.IMREAD_COLOR)


def test_a_picture_waits_for_its_detections():
    feed, picture = PictureFeed('left', PictureSettings()), Picture()
    feed.add_seen(seen(1))  # a detector is there
    feed.add_picture(7, picture)
    assert feed.newer_than(0) is None
    feed.add_seen(seen(7))
    number, packed = feed.newer_than(0)
    about, image = unpack(packed)
    assert (about['camera'], about['stamp'], about['size']) == ('left', 7e-9, [64, 48])
    assert about['boxes'] == [['gear', 0.5, 5, 5, 9, 9], ['flange', 0.91, 1, 2, 30, 40]]
    assert image.shape == (48, 64, 3) and abs(int(image[20, 20, 1]) - 200) < 5
    assert feed.newer_than(number) is None


def test_encoded_once_for_all_viewers_and_never_for_none():
    feed, shown, unseen = PictureFeed('', PictureSettings()), Picture(), Picture()
    feed.add_seen(seen(0))
    for stamp_ns, picture in ((1, unseen), (2, shown)):
        feed.add_picture(stamp_ns, picture)
        feed.add_seen(seen(stamp_ns))
    assert feed.newer_than(0) == feed.newer_than(0) == feed.newer_than(1)
    assert (unseen.reads, shown.reads) == (0, 1)


def test_without_a_detector_pictures_are_shown_bare(monkeypatch):
    feed = PictureFeed('', PictureSettings())
    feed.add_picture(1, Picture())
    assert unpack(feed.newer_than(0)[1])[0]['boxes'] is None
    feed.add_seen(seen(2))
    feed.add_picture(3, Picture())
    assert feed.newer_than(1) is None
    monkeypatch.setattr(pictures, '_PATIENCE_S', -1.0)  # the detector has died
    feed.add_picture(4, Picture())
    assert unpack(feed.newer_than(1)[1])[0]['boxes'] is None


def test_waiting_pictures_are_bounded():
    feed = PictureFeed('', PictureSettings())
    feed.add_seen(seen(0))
    for stamp_ns in range(1, 100):
        feed.add_picture(stamp_ns, Picture())
    assert len(feed._waiting) == 4
    feed.add_seen(seen(50))
    assert feed.newer_than(0) is None
    feed.clear()
    assert not feed._waiting


@pytest.mark.parametrize('order', ['bgr', 'rgb', 'grey'])
def test_wide_pictures_are_made_smaller_and_boxes_stay_in_their_pixels(order):
    feed = PictureFeed('', PictureSettings(width=96))
    feed.add_picture(1, Picture(192, order))
    about, image = unpack(feed.newer_than(0)[1])
    assert image.shape == (24, 96, 3) and about['size'] == [192, 48]
    blue, _, red = image[10, 10].astype(int)
    assert {'bgr': blue < 60 < red, 'rgb': red < 60 < blue, 'grey': abs(red - blue) < 5}[order]


def test_a_broken_picture_is_told_and_survived():
    def broken() -> ColourImage:
        raise ImageError('unknown encoding 64FC9')

    feed = PictureFeed('', PictureSettings())
    feed.add_picture(1, broken)
    assert feed.newer_than(0) is None and feed.trouble == 'unknown encoding 64FC9'
    feed.add_picture(2, Picture())
    assert feed.newer_than(0) is not None and feed.trouble == ''
