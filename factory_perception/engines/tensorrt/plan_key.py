"""The key of a plan: everything that can make it stale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
import json
import platform
from typing import Any

from factory_perception.engines.tensorrt.device import Device
from factory_perception.engines.tensorrt.options import BuildOptions
from factory_perception.engines.tensorrt.shapes import shape_ranges, ShapeRange
from factory_perception.files import sha256_of
from factory_perception.model_store.manifest import Manifest

#: How hard the builder searched: it changes how fast a plan is, not what it fits.
EFFORT = ('level', 'workspace_mb')
#: To be raised when the builder itself changes what it makes of the same inputs.
KEY_SCHEMA = 1


@dataclass(frozen=True)
class MachineKey:
    """What a plan, and the timings taken for it, are bound to on the side of the machine."""

    tensorrt: str
    cuda_runtime: str
    cuda_driver: str
    driver_release: str
    gpu: str
    compute_capability: str
    multiprocessors: int
    system: str

    @property
    def digest(self) -> str:
        """Give 16 hexadecimal digits that differ when anything differs."""
        return _digest(asdict(self))


@dataclass(frozen=True)
class PlanKey:
    """What one plan was built from, on what and how; two plans with equal keys are the same."""

    schema: int
    machine: MachineKey
    model: str
    precision: str
    onnx_sha256: str
    shapes: tuple[ShapeRange, ...]
    workspace_mb: int
    level: int
    tf32: bool

    @property
    def digest(self) -> str:
        """Give 16 hexadecimal digits that differ when anything differs."""
        return _digest(self.fields())

    @property
    def file_stem(self) -> str:
        """Give the name of the plan's files, readable for people; nothing is concluded from it."""
        return f'{self.model}-{self.precision}-{self.digest}'

    def fields(self) -> dict[str, Any]:
        """Give the key as it is written to disk, and read back from there."""
        fields: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return fields

    def fits(self, fields: Mapping[str, Any], any_effort: bool = False) -> bool:
        """Say whether a plan with a key read from disk is one of this key."""
        ignored = EFFORT if any_effort else ()

        def compared(key: Mapping[str, Any]) -> dict[str, Any]:
            return {name: value for name, value in key.items() if name not in ignored}

        return compared(fields) == compared(self.fields())


def machine_key(device: Device, tensorrt_version: str) -> MachineKey:
    """Describe this machine."""
    return MachineKey(
        tensorrt_version,
        device.cuda_runtime,
        device.cuda_driver,
        device.driver_release,
        device.name,
        device.compute_capability,
        device.multiprocessors,
        f'{platform.system()} {platform.machine()}',
    )


def plan_key(
    machine: MachineKey, manifest: Manifest, precision: str, options: BuildOptions
) -> PlanKey:
    """Describe the plan of one precision of a model on this machine.

    Raises:
        ModelError: the model has no such precision.
    """
    return PlanKey(
        KEY_SCHEMA,
        machine,
        manifest.name,
        precision,
        manifest.onnx_file(precision).sha256,
        shape_ranges(manifest, options.max_batch),
        options.workspace_mb,
        options.level,
        options.tf32,
    )


def _digest(fields: dict[str, Any]) -> str:
    return sha256_of(json.dumps(fields, sort_keys=True).encode())[:16]
