"""Names for what the watches see, with no training: the clearest sign of each joint wins."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from factory_perception.faults.frame import Array
from factory_perception.faults.names import UNKNOWN
from factory_perception.faults.verdict import ARM
from factory_perception.faults.watches import WATCHES

#: What each watch stands for, clearest first. A knock is a collision only while it is short.
_MEANING = {
    'missing': 'sensor_dropout',
    'unloaded': 'protective_stop',
    'frozen': 'sensor_stuck',
    'slip': 'encoder_bias',
    'jolt': 'collision',
    'ripple': 'backlash',
    'knock': 'collision',
    'friction': 'friction_rise',
    'gain': 'torque_loss',
    'load': 'payload_change',
    'tracking': UNKNOWN,
}
_ORDER = [next(i for i, watch in enumerate(WATCHES) if watch.name == name) for name in _MEANING]
_NAMES = tuple(_MEANING.values())
_PLACES = {watch.name: place for place, watch in enumerate(WATCHES)}
_FROZEN, _LOADS = _PLACES['frozen'], [_PLACES['gain'], _PLACES['load']]
#: From this share of its limit on a joint stands still more than the others.
_STANDS = 0.5
#: Faults that show in the effort of one joint; at so many joints at once they are a load.
_EFFORT, _COMPANY = ('friction_rise', 'torque_loss', 'payload_change', 'collision'), 2
#: Faults of the whole arm: half of the joints and more show them at once.
_ARM_FAULTS = frozenset({'protective_stop', 'payload_change'})
#: A collision is over within this time; what lasts longer is something else.
COLLISION_S = 1.0


@dataclass(frozen=True)
class Sign:
    """A sign of a fault: ``joint`` -1 is the whole arm, ``watch`` a place in ``WATCHES``."""

    part: str
    joint: int
    fault: str
    watch: int


def name_signs(
    joints: tuple[str, ...],
    alarms: NDArray[np.bool_],
    ratio: Array,
    age_s: Array,
    loaded: bool = False,
) -> list[Sign]:
    """Name what is wrong.

    Args:
        joints: names of the joints.
        alarms: bool ``(J, W)``, the watches that are in alarm.
        ratio: ``(J, W)``, values over limits.
        age_s: ``(J,)``, how long each joint has had an alarm.
        loaded: whether it was a load just now; then the last joint that shows it still means it.
    """
    signs: list[Sign] = []
    for joint in np.flatnonzero(alarms.any(axis=1)):
        place = next(i for i, watch in enumerate(_ORDER) if alarms[joint, watch])
        fault, watch = _NAMES[place], _ORDER[place]
        if fault == 'collision' and age_s[joint] > COLLISION_S:
            later = [i for i in range(place + 1, len(_ORDER)) if alarms[joint, _ORDER[i]]]
            later = [i for i in later if _NAMES[i] != 'collision']
            fault, watch = (_NAMES[later[0]], _ORDER[later[0]]) if later else (UNKNOWN, watch)
        if fault == UNKNOWN and ratio[joint, _FROZEN] > _STANDS:
            fault = 'sensor_stuck'  # it left its reference because it stands still
        signs.append(Sign(joints[joint], int(joint), fault, watch))
    company = 1 if loaded else _COMPANY
    return _whole_arm(_loaded(signs, alarms, company), len(joints), ratio, company)


def _loaded(signs: list[Sign], alarms: NDArray[np.bool_], company: int) -> list[Sign]:
    """Take effort that is off at several joints at once for a load: no drive fails in company."""
    off = [sign for sign in signs if sign.fault in _EFFORT and alarms[sign.joint, _LOADS].any()]
    if len(off) < company:
        return signs
    return [replace(one, fault='payload_change') if one in off else one for one in signs]


def _whole_arm(signs: list[Sign], joints: int, ratio: Array, company: int) -> list[Sign]:
    """Make one sign of those that many joints show at once."""
    for fault in _ARM_FAULTS:
        same = [sign for sign in signs if sign.fault == fault]
        if len(same) >= (company if fault == 'payload_change' else max(2, joints // 2)):
            first = max(same, key=lambda sign: ratio[sign.joint, sign.watch])
            whole = Sign(ARM, first.joint, fault, first.watch)
            signs = [sign for sign in signs if sign.fault != fault] + [whole]
    return signs
