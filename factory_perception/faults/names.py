"""Names of faults, and what a person should know and do about each."""

from __future__ import annotations

from dataclasses import dataclass

NORMAL = 'normal'
UNKNOWN = 'unknown'


@dataclass(frozen=True)
class Kind:
    """One kind of fault: a level of VDA 5050, one sentence, and what to look at.

    A fault that ``grows`` over seconds may wait for its name until it is sure.
    """

    level: str
    text: str
    hint: str
    grows: bool = False


_KINDS: dict[str, Kind] = {
    'friction_rise': Kind(
        'WARNING', 'moves with more friction than before', 'check lubrication and bearings', True
    ),
    'collision': Kind('URGENT', 'was pushed by something', 'look for what the arm ran into'),
    'payload_change': Kind(
        'WARNING', 'carries another load than usual', 'check the part and the payload setting'
    ),
    'backlash': Kind('WARNING', 'rattles while it moves', 'check the gear for play and wear', True),
    'overheating': Kind(
        'URGENT',
        'needs more and more effort, as a hot drive does',
        'check fan, brake and bearing',
        True,
    ),
    'over_temperature': Kind(
        'URGENT', 'is warmer than its work explains', 'check fan, brake and load'
    ),
    'grip_loss': Kind('WARNING', 'has lost what it held', 'check the gripper and the part'),
    'protective_stop': Kind('URGENT', 'was stopped by its controller', 'see the controller'),
    'torque_loss': Kind(
        'WARNING', 'needs more effort for the same torque', 'check motor, magnets and brake', True
    ),
    'encoder_bias': Kind(
        'URGENT', 'reports a position that its velocity does not explain', 'check the encoder'
    ),
    'sensor_stuck': Kind('URGENT', 'reports a position that stands still', 'check the encoder'),
    'sensor_dropout': Kind(
        'URGENT', 'reports no position at times', 'check cable and plugs of the encoder'
    ),
    'stream_stale': Kind('CRITICAL', 'sends no joint states', 'check driver and network'),
    'stream_rate': Kind('WARNING', 'sends joint states at another rate', 'check driver and load'),
    'stream_clock': Kind('WARNING', 'has impossible time stamps', 'check the clock of the driver'),
    'camera_frozen': Kind('URGENT', 'shows the same picture again', 'check the camera driver'),
    'camera_blurred': Kind('WARNING', 'shows blurred pictures', 'check focus and lens'),
    'camera_dark': Kind('WARNING', 'shows dark pictures', 'check lamps and exposure'),
    'camera_stale': Kind('URGENT', 'sends no detections', 'check the camera and the detector'),
    'defect_rate': Kind('WARNING', 'have more defects than usual', 'check what comes in'),
    UNKNOWN: Kind('WARNING', 'behaves as never before', 'look at the joint and at the log'),
}
#: For faults that a model of the user's own has taught.
_OTHER = Kind('WARNING', 'shows a fault', 'look at the joint and at the log')


def kind_of(fault: str) -> Kind:
    """Give what is known about a fault."""
    return _KINDS.get(fault, _OTHER)
