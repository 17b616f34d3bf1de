"""``Detections`` to ``vision_msgs`` and back.

The header of every output is the header of the picture it was seen in. ``class_id`` carries the
name of the class, ``id`` the number of the track.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from std_msgs.msg import Header
from vision_msgs.msg import (
    Detection2D,
    Detection2DArray,
    LabelInfo,
    ObjectHypothesisWithPose,
    VisionClass,
)

from factory_perception.vision.detections import Detections


def write_detections(
    detections: Detections, classes: Sequence[str], header: Header
) -> Detection2DArray:
    """Give detections as a message; an empty array when nothing was seen."""
    message = Detection2DArray(header=header)
    centres = (detections.boxes_xyxy[:, :2] + detections.boxes_xyxy[:, 2:]) / 2
    sizes = detections.boxes_xyxy[:, 2:] - detections.boxes_xyxy[:, :2]
    rows = np.hstack([centres, sizes]).astype(float).tolist()  # Python floats: the fields want them
    scores, class_ids = detections.scores.astype(float).tolist(), detections.class_ids.tolist()
    tracks = None if detections.track_ids is None else detections.track_ids.tolist()
    for index, (x, y, width, height) in enumerate(rows):
        item = Detection2D(header=header)
        item.bbox.center.position.x = x
        item.bbox.center.position.y = y
        item.bbox.size_x = width
        item.bbox.size_y = height
        result = ObjectHypothesisWithPose()
        result.hypothesis.class_id = classes[class_ids[index]]
        result.hypothesis.score = scores[index]
        item.results = [result]
        if tracks is not None and tracks[index] >= 0:
            item.id = str(tracks[index])
        message.detections.append(item)
    return message


def read_detections(message: Detection2DArray, classes: Sequence[str]) -> Detections:
    """Give the boxes whose class is among ``classes``; the surest result of each box counts.

    A track id that is no number is left out; rotated boxes are read by centre and size.
    """
    known = {name: index for index, name in enumerate(classes)}
    boxes, scores, class_ids, tracks = [], [], [], []
    for item in message.detections:
        if not item.results:
            continue
        best = max(item.results, key=lambda result: result.hypothesis.score).hypothesis
        if best.class_id not in known:
            continue
        centre, half = item.bbox.center.position, (item.bbox.size_x / 2, item.bbox.size_y / 2)
        boxes.append(
            (centre.x - half[0], centre.y - half[1], centre.x + half[0], centre.y + half[1])
        )
        scores.append(best.score)
        class_ids.append(known[best.class_id])
        tracks.append(int(item.id) if item.id.isdecimal() else -1)
    return Detections(
        np.array(boxes, np.float32).reshape(-1, 4),
        np.array(scores, np.float32),
        np.array(class_ids, np.int32),
        np.array(tracks, np.int64),
    )


def write_label_info(classes: Sequence[str], threshold: float, header: Header) -> LabelInfo:
    """Give the class names of a model, to be latched beside its detections."""
    return LabelInfo(
        header=header,
        class_map=[
            VisionClass(class_id=index, class_name=name) for index, name in enumerate(classes)
        ],
        threshold=threshold,
    )
