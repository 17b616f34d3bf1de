"""Build a better engine in a thread of its own while another one serves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
import enum
import logging
import threading

from factory_perception.engines.engine import Engine
from factory_perception.engines.parity import require_parity
from factory_perception.engines.progress import BuildCancelledError, Progress, ProgressCallback
from factory_perception.model_store.folder import ModelFolder

_LOG = logging.getLogger(__name__)

#: Opens or builds the engine; told where to report to, and what to look at for being cancelled.
EngineMaker = Callable[[ProgressCallback, threading.Event], Engine]


class BuildState(enum.Enum):
    """Where a background build stands."""

    RUNNING = 'running'
    READY = 'ready'
    TAKEN = 'taken'
    FAILED = 'failed'
    CANCELLED = 'cancelled'


@dataclass(frozen=True)
class BuildStatus:
    """A background build at one moment."""

    state: BuildState
    goal: str
    progress: Progress
    #: Why it failed.
    reason: str = ''

    def __str__(self) -> str:
        if self.state is BuildState.RUNNING:
            percent = f'{self.progress.fraction:.0%}'
            return f'{self.goal} is being built: {percent}, {self.progress.phase}'
        if self.state is BuildState.FAILED:
            return f'{self.goal} cannot be used: {self.reason}'
        return f'{self.goal} is {self.state.value}'


class BackgroundBuild:
    """Makes an engine, proves it on the model's probe vectors, and holds it until it is taken.

    Every method may be called on any thread.
    """

    def __init__(self, goal: str, make: EngineMaker, folder: ModelFolder, precision: str) -> None:
        """Start to build.

        Args:
            goal: what is built, for people: ``tensorrt fp16``.
            make: gives the engine.
            folder: the model, for its probe vectors.
            precision: which tolerance holds for them.
        """
        self._make = make
        self._folder = folder
        self._precision = precision
        self._lock = threading.Lock()
        self._cancel = threading.Event()
        self._engine: Engine | None = None
        self._status = BuildStatus(BuildState.RUNNING, goal, Progress(0.0, 'starting'))
        self._thread = threading.Thread(target=self._run, name=f'build {goal}')
        self._thread.start()

    @property
    def status(self) -> BuildStatus:
        """Give where the build stands."""
        with self._lock:
            return self._status

    def take(self) -> Engine | None:
        """Hand over the finished engine, once; ``None`` while there is none."""
        with self._lock:
            engine, self._engine = self._engine, None
            if engine is not None:
                self._become(BuildState.TAKEN)
            return engine

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the build to end, in whatever way; say whether it has."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def cancel(self) -> None:
        """Ask the build to stop at its next step."""
        self._cancel.set()

    def close(self) -> None:
        """Stop the build, wait for it, and free an engine that nobody took.

        TensorRT can be stopped between two of its steps, which take up to some seconds each.
        """
        self.cancel()
        self.wait()
        with self._lock:
            engine, self._engine = self._engine, None
        if engine is not None:
            engine.close()

    def _run(self) -> None:
        engine: Engine | None = None
        try:
            engine = self._make(self._tell, self._cancel)
            self._tell(Progress(1.0, 'comparing with the probe vectors'))
            require_parity(engine, self._folder, self._precision)
        except BuildCancelledError:
            self._end(BuildState.CANCELLED)
        except Exception as error:  # whatever it was, the engine that serves goes on serving
            if engine is not None:
                engine.close()
            expected = type(error).__module__.startswith('factory_perception.')
            _LOG.error('%s', error, exc_info=not expected)
            self._end(BuildState.FAILED, str(error) or type(error).__name__)
        else:
            self._end(BuildState.READY, engine=engine)

    def _tell(self, progress: Progress) -> None:
        with self._lock:
            self._status = BuildStatus(BuildState.RUNNING, self._status.goal, progress)

    def _end(self, state: BuildState, reason: str = '', engine: Engine | None = None) -> None:
        with self._lock:
            self._engine = engine
            self._become(state, reason)

    def _become(self, state: BuildState, reason: str = '') -> None:
        self._status = BuildStatus(state, self._status.goal, self._status.progress, reason)
