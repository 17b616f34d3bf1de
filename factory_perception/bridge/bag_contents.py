"""What a bag says about detections, joints and faults, read once and without its pictures."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from factory_perception.bridge.bag_topics import BagTopics
from factory_perception.bridge.bags import BagError, read_messages, Recorded
from factory_perception.bridge.detection_msgs import read_detections
from factory_perception.bridge.fault_events import read_news
from factory_perception.bridge.fault_record import FaultRecord
from factory_perception.bridge.page_msgs import class_names, read_forecast
from factory_perception.bridge.stamps import stamp_ns, StampError
from factory_perception.motion.hindsight import Told
from factory_perception.motion.joint_sample import JointSample, RecordedSample
from factory_perception.page.facts import Forecast
from factory_perception.vision.detections import Detections
from factory_perception.vision.image_view import (
    colour_image,
    ColourImage,
    decode_picture,
    image_view,
)

#: A picture is known by the frame of its camera and its stamp (nanoseconds).
PictureKey = tuple[str, int]


@dataclass
class BagContents:
    """Everything but the pictures.

    Attributes:
        truths: what is really in each picture, as messages.
        answers: what each topic of detections says of each picture, as messages.
        delays_ns: from the stamp of a picture to when its detections were recorded, by topic.
        classes: names that the detectors know, else those that occur.
        threshold: the score above which a detector reports; 0 where nobody said.
        joints: samples of joint states, and of the reference of the controller.
        forecasts: by topic.
        faults: true faults, and the alarms that were recorded.
        left_out: messages with an impossible stamp.
    """

    truths: dict[PictureKey, Any] = field(default_factory=dict)
    answers: dict[str, dict[PictureKey, Any]] = field(default_factory=dict)
    delays_ns: dict[str, list[int]] = field(default_factory=dict)
    classes: tuple[str, ...] = ()
    threshold: float = 0.0
    joints: list[RecordedSample] = field(default_factory=list)
    forecasts: dict[str, list[Forecast]] = field(default_factory=dict)
    faults: FaultRecord = field(default_factory=FaultRecord)
    left_out: int = 0

    def boxes(self, messages: dict[PictureKey, Any], key: PictureKey) -> Detections:
        """Give what a message says of one picture."""
        return read_detections(messages[key], self.known_classes)

    @property
    def known_classes(self) -> tuple[str, ...]:
        """Give the names of the classes, in the order of the detector where one told it."""
        if self.classes:
            return self.classes
        return tuple(sorted({name for message in self.truths.values()
                             for name in class_names(message)}))  # fmt: skip


def read_contents(path: Path, topics: BagTopics) -> BagContents:
    """Read a bag once.

    Raises:
        BagError: it is no bag, or a message in it is broken.
    """
    found = BagContents()
    takers = _takers(found, topics)
    for recorded, message in read_messages(path, takers):
        try:
            takers[recorded.topic](recorded, message)
        except StampError:
            found.left_out += 1
        except (ValueError, KeyError) as error:
            raise BagError(
                f'{path}: a message of {recorded.topic} cannot be used: {error}'
            ) from error
    return found


def _takers(found: BagContents, topics: BagTopics) -> dict[str, Callable[[Recorded, Any], None]]:
    def truth(recorded: Recorded, message: Any) -> None:
        found.truths[_key(message)] = message

    def answer(recorded: Recorded, message: Any) -> None:
        key = _key(message)
        found.answers.setdefault(recorded.topic, {})[key] = message
        found.delays_ns.setdefault(recorded.topic, []).append(recorded.time_ns - key[1])

    def labels(recorded: Recorded, message: Any) -> None:
        found.classes = tuple(item.class_name for item in message.class_map)
        found.threshold = float(message.threshold)

    def joints(recorded: Recorded, message: Any) -> None:
        found.joints.append(_sample(recorded, message, topics.reference))

    def forecast(recorded: Recorded, message: Any) -> None:
        found.forecasts.setdefault(recorded.topic, []).append(read_forecast(message))

    def event(recorded: Recorded, message: Any) -> None:
        told_ns = read_news(message.data, recorded.time_ns).time_ns
        found.faults.add_event(message.data, told_ns * 1e-9)

    pairs = [
        (topics.true_detections, truth),
        (topics.detections, answer),
        (topics.labels, labels),
        ((topics.joints, topics.reference), joints),
        (topics.forecasts, forecast),
        (topics.true_faults, lambda recorded, message: found.faults.add_truth(message)),
        (topics.events, event),
    ]
    return {topic: take for names, take in pairs for topic in names if topic}


def _key(message: Any) -> PictureKey:
    return str(message.header.frame_id), stamp_ns(message.header.stamp)


def _sample(recorded: Recorded, message: Any, reference: str) -> RecordedSample:
    sample = JointSample(
        stamp_ns(message.header.stamp),
        tuple(message.name),
        message.position,
        message.velocity,
        message.effort,
        recorded.time_ns,
    )
    return RecordedSample(sample, recorded.topic == reference)


def told_of(forecasts: list[Forecast]) -> Told:
    """Put the forecasts of one topic together; those of other joints than the first are left out.

    Raises:
        BagError: there is none with a point.
    """
    usable = [one for one in forecasts if len(one.ahead_s)]
    if not usable:
        raise BagError('the forecasts in the bag hold no point')
    first = usable[0]
    same = [
        one
        for one in usable
        if one.names == first.names and one.position.shape == first.position.shape
    ]
    return Told(
        first.names,
        np.array([one.stamp_ns for one in same], np.int64),
        np.stack([one.ahead_s for one in same]),
        np.stack([one.position for one in same]),
    )


def read_pictures(
    path: Path, topics: BagTopics, wanted: Container[PictureKey]
) -> Iterator[tuple[PictureKey, ColourImage]]:
    """Give the pictures of a bag that are wanted, one at a time.

    Raises:
        BagError: it is no bag, or a message in it is broken.
        ImageError: a picture is broken or of an unknown encoding.
    """
    for _, message in read_messages(path, topics.pictures):
        key = _key(message)
        if key in wanted:
            yield key, _pixels(message)


def _pixels(message: Any) -> ColourImage:
    if not hasattr(message, 'encoding'):  # a CompressedImage
        return decode_picture(message.data)
    view = image_view(
        message.data, message.height, message.width, message.encoding, message.step,
        bool(message.is_bigendian),
    )  # fmt: skip
    return colour_image(view, message.encoding)
