"""What the embedded cell shows, as the messages that a real cell would send."""

from __future__ import annotations

from collections.abc import Sequence

from builtin_interfaces.msg import Time
from diagnostic_msgs.msg import DiagnosticArray
from nav_msgs.msg import Odometry
import numpy as np
from sensor_msgs.msg import CameraInfo
from std_msgs.msg import Header
from vision_msgs.msg import Detection2DArray

from factory_perception.bridge.detection_msgs import write_detections
from factory_perception.bridge.diagnostic_msgs import Level, Status, write_diagnostics
from factory_perception.cell.camera import Camera
from factory_perception.cell.config import CellConfig
from factory_perception.cell.faults import Fault
from factory_perception.cell.parts import CLASSES
from factory_perception.cell.simulation import BeltState
from factory_perception.cell.truth import Truth
from factory_perception.vision.detections import Detections


def write_camera_info(camera: Camera, header: Header) -> CameraInfo:
    """Give the calibration of a camera whose pictures are not rectified further."""
    width, height = camera.size_wh
    projection = np.hstack([camera.matrix, np.zeros((3, 1))])
    return CameraInfo(
        header=header,
        width=width,
        height=height,
        distortion_model='plumb_bob',
        d=camera.distortion.astype(float).tolist(),
        k=camera.matrix.astype(float).ravel(),
        r=np.eye(3).ravel(),
        p=projection.astype(float).ravel(),
    )


def write_truth(truth: Truth, header: Header) -> Detection2DArray:
    """Give what is really in a picture as perfect detections; ``id`` is the thing's own number."""
    boxes = Detections(
        truth.boxes_xyxy.astype(np.float32),
        np.ones(len(truth), np.float32),
        truth.class_ids.astype(np.int32),
        truth.instance_ids.astype(np.int64),
    )
    return write_detections(boxes, CLASSES, header)


def write_belt(belt: BeltState, config: CellConfig, header: Header) -> Odometry:
    """Give the way and the speed of the belt along the x axis of the world."""
    header.frame_id = config.world_frame
    message = Odometry(header=header, child_frame_id='belt')
    message.pose.pose.position.x = float(belt.way_m)
    message.pose.pose.orientation.w = 1.0
    message.twist.twist.linear.x = float(belt.speed_m_s)
    return message


def write_faults(faults: Sequence[Fault], now_s: float, stamp: Time) -> DiagnosticArray:
    """Give the faults that are there now; the truth that a diagnosis is held against."""
    statuses = [
        Status(
            fault.joint or 'arm',
            Level.ERROR,
            fault.kind,
            {
                'fault': fault.kind,
                'joint': fault.joint,
                'severity': float(fault.level(np.array(now_s))),
                'age_s': now_s - fault.onset_s,
                'remaining_s': fault.end_s - now_s,
            },
        )
        for fault in faults
    ]
    return write_diagnostics('truth', statuses, stamp)
