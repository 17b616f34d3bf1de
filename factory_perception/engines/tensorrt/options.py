"""How a plan is built: the choices that change what comes out."""

from __future__ import annotations

from dataclasses import dataclass

from factory_perception.engines.engine import EngineError

LEVELS = range(6)


@dataclass(frozen=True)
class BuildOptions:
    """What the builder is told beside the ONNX file.

    The precision is not among them: it is in the ONNX file, and the network is strongly typed.
    """

    #: The plan takes batches of 1 to this, and is tuned for this.
    max_batch: int = 1
    #: The most scratch memory that one layer may use on the GPU.
    workspace_mb: int = 512
    #: 0 builds fast, 5 searches for the fastest plan; each step takes several times as long.
    level: int = 3
    #: Let the fp32 parts multiply with 10 bits of mantissa, as fp16 has.
    tf32: bool = False

    def __post_init__(self) -> None:
        if self.max_batch < 1 or self.workspace_mb < 1 or self.level not in LEVELS:
            raise EngineError(
                f'max_batch {self.max_batch} and workspace_mb {self.workspace_mb} must be at least '
                f'1, level {self.level} between {LEVELS[0]} and {LEVELS[-1]}'
            )
