"""Verdicts about joints and cameras as health reports; a detector's report on its pictures."""

from __future__ import annotations

from diagnostic_msgs.msg import DiagnosticStatus

from factory_perception.bridge.diagnostic_msgs import Level, read_values, Status
from factory_perception.faults.diagnoser import Diagnoser
from factory_perception.faults.names import kind_of
from factory_perception.faults.verdict import Verdict
from factory_perception.vision.picture_watch import PictureReport

_LEVELS = {'WARNING': Level.WARN, 'URGENT': Level.ERROR, 'CRITICAL': Level.ERROR}


def joint_status(
    part: str, verdict: Verdict | None, now_ns: int, hardware_id: str, model: str
) -> Status:
    """Give the health of one joint (or the arm, the stream, a camera)."""
    if verdict is None:
        return Status(part, Level.OK, 'no fault', {'fault': 'normal', 'model': model}, hardware_id)
    values = {
        'fault': verdict.fault,
        'probability': verdict.probability,
        'p_unknown': verdict.p_unknown,
        'channel': verdict.channel,
        'residual': verdict.value,
        'threshold': verdict.limit,
        'compared_with': verdict.compared,
        'onset_age_s': max(now_ns - verdict.onset_ns, 0) * 1e-9,
        'source': verdict.source,
        'model': model,
    }
    level = _LEVELS[kind_of(verdict.fault).level]
    return Status(part, level, verdict.sentence, values, hardware_id)


def layers_status(
    diagnoser: Diagnoser | None,
    model: str,
    trouble: str,
    stream: tuple[Level, list[str], dict[str, object]],
) -> Status:
    """Say which layers of the diagnosis are at work.

    Args:
        diagnoser: ``None`` before the first joint state.
        model: name and version of the trained model; '' without one.
        trouble: why a layer is not at work, or ''.
        stream: how the joint states are: level, sentences, and values for whoever looks.
    """
    level, words, values = stream
    if diagnoser is None:
        message = trouble or '; '.join(words) or 'no joint state has come yet'
        return Status('layers', max(level, Level.WARN), message, {'model': model, **values})
    values = {
        'model': model,
        'calibration': diagnoser.progress,
        'usual_rate_hz': 1.0 / diagnoser.step_s if diagnoser.step_s else 0.0,
        'joints': ', '.join(diagnoser.joints),
        **values,
    }
    trouble = trouble or diagnoser.trouble
    if level == Level.ERROR:
        return Status('layers', level, '; '.join(words), values)
    if trouble:
        return Status('layers', Level.WARN, '; '.join([trouble, *words]), values)
    layers = 'stream health and residuals'
    if diagnoser.calibration is None:
        layers = f'stream health only; learning limits, {diagnoser.progress:.0%} of healthy motion'
    elif model:
        layers += f', and {model}'
    return Status('layers', level, '; '.join([layers, *words]), values)


def read_picture_report(status: DiagnosticStatus) -> PictureReport | None:
    """Read what a detector says about its pictures; ``None`` where it says nothing of the kind."""
    values = read_values(status)
    try:
        return PictureReport(
            float(values['brightness']),
            float(values['edge_width_px']),
            float(values['unchanged_s']),
            int(values['unchanged_looks']),
        )
    except (KeyError, ValueError):
        return None
