"""Get the TensorRT engine of a model: from the plan cache, or built now."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

from factory_perception.engines.progress import Progress, ProgressCallback
from factory_perception.engines.tensorrt import bindings
from factory_perception.engines.tensorrt.builder import build_plan
from factory_perception.engines.tensorrt.cuda import open_cuda
from factory_perception.engines.tensorrt.device import Device, read_device
from factory_perception.engines.tensorrt.engine import PlanRefusedError, TensorRtEngine
from factory_perception.engines.tensorrt.options import BuildOptions
from factory_perception.engines.tensorrt.plan_cache import PlanCache
from factory_perception.engines.tensorrt.plan_key import machine_key, plan_key, PlanKey
from factory_perception.engines.tensorrt.shapes import shape_ranges
from factory_perception.model_store.folder import ModelFolder

_LOG = logging.getLogger(__name__)


class Provision:
    """One precision of a model on this machine, and where its plan is kept."""

    def __init__(
        self,
        folder: ModelFolder,
        precision: str,
        options: BuildOptions | None = None,
        cache: PlanCache | None = None,
    ) -> None:
        """Work out the key of the plan; nothing is loaded or built yet.

        Raises:
            EngineError: TensorRT cannot be used here.
            ModelError: the model has no such precision.
        """
        self.folder = folder
        self.precision = precision
        self.options = options or BuildOptions()
        self.cache = cache or PlanCache()
        self._trt: Any = bindings.load()
        self.device: Device = read_device(open_cuda().library)
        machine = machine_key(self.device, str(self._trt.__version__))
        self.key: PlanKey = plan_key(machine, folder.manifest, precision, self.options)

    def load(self, any_effort: bool = True) -> TensorRtEngine | None:
        """Open the cached plan; ``None`` where there is none, or none that TensorRT takes.

        A plan that TensorRT refuses is deleted.

        Args:
            any_effort: take also a plan that was built with another level or workspace.

        Raises:
            EngineError: the plan does not fit its manifest, or the GPU cannot be used.
        """
        plan = self.cache.load(self.key, any_effort)
        if plan is None:
            return None
        try:
            return self._open(plan.data)
        except PlanRefusedError as error:
            _LOG.warning('%s is deleted: %s', plan.path, error)
            plan.discard()
            return None

    def load_or_build(
        self,
        progress: ProgressCallback | None = None,
        cancel: threading.Event | None = None,
        force: bool = False,
    ) -> TensorRtEngine:
        """Open the cached plan, or build and keep one; a build takes seconds to many minutes.

        Args:
            progress: told how far the build is, on any thread.
            cancel: set to stop the build at its next step.
            force: build even though there is a plan.

        Raises:
            BuildCancelledError: ``cancel`` was set.
            EngineError: it cannot be built or loaded; the text has TensorRT's own reason.
            ModelError: the ONNX file is missing or changed.
        """
        tell = progress or _nobody
        with self.cache.locked(
            self.key, cancel, lambda: tell(Progress(0.0, 'waiting for another build of this plan'))
        ):
            engine = None if force else self.load(any_effort=False)
            return engine or self._build(progress, cancel)

    def _build(
        self, progress: ProgressCallback | None, cancel: threading.Event | None
    ) -> TensorRtEngine:
        start = time.perf_counter()
        file = self.folder.manifest.onnx_file(self.precision)
        built = build_plan(
            self._trt,
            self.folder.read(file.name),
            str(self.folder.path / file.name),
            shape_ranges(self.folder.manifest, self.options.max_batch),
            self.options,
            self.cache.load_timings(self.key.machine),
            progress,
            cancel,
        )
        engine = self._open(built.plan)  # once: what cannot be loaded now never can
        seconds = time.perf_counter() - start
        _LOG.info('built the %s plan of %s in %.0f s', self.precision, self.folder.label, seconds)
        try:
            self.cache.store(self.key, built.plan)
            self.cache.store_timings(self.key.machine, built.timings)
        except OSError as error:
            engine.add_note(f'the plan could not be kept and will be built again: {error}')
        return engine

    def _open(self, plan: bytes) -> TensorRtEngine:
        return TensorRtEngine(self._trt, self.device, self.folder, self.precision, plan)


def _nobody(progress: Progress) -> None:
    """Tell nobody."""
