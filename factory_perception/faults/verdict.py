"""A verdict: what is wrong with which joint, how sure, since when, and why that is thought."""

from __future__ import annotations

from dataclasses import dataclass

from factory_perception.faults.names import kind_of, UNKNOWN

#: Stands for the whole arm, where a fault belongs to no joint.
ARM = 'arm'


@dataclass(frozen=True)
class Verdict:
    """One fault that is there now.

    Attributes:
        part: a joint, ``arm``, or a camera.
        fault: its name.
        probability: how sure; NaN where no trained model said it.
        p_unknown: share of known faults that look as strange as this one (a conformal p-value);
            NaN without a model.
        channel: what showed it: position, velocity, effort ...
        value: how large that was, and ``limit`` what it may be, in the same scale.
        compared: with what it was compared.
        onset_ns: since when.
        source: which layer found it: stream, residual, model, telemetry or camera.
    """

    part: str
    fault: str
    probability: float
    p_unknown: float
    channel: str
    value: float
    limit: float
    compared: str
    onset_ns: int
    source: str

    @property
    def sentence(self) -> str:
        """Say it to a person."""
        sure = '' if self.probability != self.probability else f' (p {self.probability:.2f})'
        kind = kind_of(self.fault)
        name = self.fault if self.fault != UNKNOWN else 'unknown fault'
        return (
            f'{name}{sure}: {self.part} {kind.text}; {self.channel} is at {self.value:.3g} of a '
            f'limit of {self.limit:.3g}, compared with {self.compared}'
        )
