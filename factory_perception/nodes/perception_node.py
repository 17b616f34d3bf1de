"""The base of every node: lifecycle, parameters from a table, health on ``/diagnostics``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
import threading
import traceback
from typing import Any, ClassVar, Generic

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn

from factory_perception.bridge.diagnostic_msgs import Level, Status, write_diagnostics
from factory_perception.engines.engine import EngineError
from factory_perception.model_store.manifest import ModelError
from factory_perception.nodes.parameter_table import ParameterError, Table
from factory_perception.nodes.parameters import Parameters

#: Failures that a person can mend; their text is the whole message, a traceback would hide it.
EXPECTED = (ModelError, EngineError, ParameterError, ValueError, OSError)
DIAGNOSTIC_PERIOD_S = 1.0  # REP-107


class PerceptionNode(LifecycleNode, Generic[Table]):
    """A managed node whose transitions cannot fail silently.

    A subclass names its ``table`` and fills in ``configure``, ``activate``, ``deactivate``,
    ``cleanup`` and ``health``. A transition that raises is logged and ends in FAILURE: a node that
    could not be configured stays unconfigured, shows why on ``/diagnostics``, and can be configured
    again.
    """

    table: ClassVar[type]

    def __init__(self, name: str, **options: Any) -> None:
        super().__init__(name, **options)
        #: Set by a node whose work is done; its process ends then.
        self.finished = threading.Event()
        self.exit_code = 0
        self._declared: Parameters[Table] = Parameters(self, self.table, self.parameters_changed)
        self._trouble = 'not configured yet'
        self._levels: dict[str, Level] = {}
        self._diagnostics = self.create_publisher(DiagnosticArray, '/diagnostics', 10)
        self._diagnostics_timer = self.create_timer(DIAGNOSTIC_PERIOD_S, self.publish_health)
        self._autostart_timer = self.create_timer(0.0, self._autostart)

    @property
    def values(self) -> Table:
        """Give the parameters as they are now."""
        return self._declared.values

    # What a subclass fills in ---------------------------------------------------------------------

    def configure(self) -> None:
        """Load what the node needs."""

    def activate(self) -> None:
        """Begin to listen and to speak."""

    def deactivate(self) -> None:
        """Stop listening and join all threads."""

    def cleanup(self) -> None:
        """Free what ``configure`` loaded; also called after a ``configure`` that failed."""

    def health(self) -> Sequence[Status]:
        """Give the node's own health while it is active."""
        return ()

    def parameters_changed(self, values: Table) -> None:
        """Take over new values of live parameters."""

    # Lifecycle ------------------------------------------------------------------------------------

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Configure; on failure free what was loaded so far, so that it can be tried again."""
        result = self._attempt('configure', self.configure)
        if result != TransitionCallbackReturn.SUCCESS:
            self._attempt('clean up', self.cleanup, keep_trouble=True)
            return result
        return super().on_configure(state)

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Activate the managed publishers, then the node."""
        result = super().on_activate(state)
        if result == TransitionCallbackReturn.SUCCESS:
            result = self._attempt('activate', self.activate)
        if result != TransitionCallbackReturn.SUCCESS:
            self._attempt('deactivate', self.deactivate, keep_trouble=True)
        self.publish_health()
        return result

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stop the node, then its managed publishers."""
        result = self._attempt('deactivate', self.deactivate)
        super().on_deactivate(state)
        return result

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Free everything."""
        super().on_cleanup(state)
        return self._attempt('clean up', self.cleanup)

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stop and free everything, from whichever state."""
        if state.label == 'active':
            self._attempt('deactivate', self.deactivate)
        super().on_shutdown(state)
        return self._attempt('clean up', self.cleanup)

    def on_error(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Come back to unconfigured after an error inside ROS itself."""
        self.get_logger().error('a lifecycle transition failed inside ROS; the node starts over')
        self._attempt('clean up', self.cleanup)
        return TransitionCallbackReturn.SUCCESS

    def close(self) -> None:
        """Stop everything at the end of the process."""
        label = self._state_machine.current_state[1]
        if label in ('unconfigured', 'inactive', 'active'):
            self.trigger_shutdown()

    def _attempt(
        self, what: str, action: Callable[[], None], keep_trouble: bool = False
    ) -> TransitionCallbackReturn:
        """Run a transition; rclpy would swallow what it raises."""
        try:
            action()
        except EXPECTED as error:
            self._report(f'cannot {what}: {error}', keep_trouble)
        except Exception as error:
            self._report(f'cannot {what}: {type(error).__name__}: {error}', keep_trouble)
            self.get_logger().error(traceback.format_exc())
        else:
            if not keep_trouble:
                self._trouble = ''
            return TransitionCallbackReturn.SUCCESS
        return TransitionCallbackReturn.FAILURE

    def _report(self, trouble: str, keep_trouble: bool) -> None:
        self.get_logger().error(trouble)
        if not keep_trouble:
            self._trouble = trouble
        self.publish_health()

    def _autostart(self) -> None:
        """Run once, when the executor spins."""
        self._autostart_timer.cancel()
        if not self.values.autostart:
            return
        if self.trigger_configure() == TransitionCallbackReturn.SUCCESS:
            self.trigger_activate()

    # Health ---------------------------------------------------------------------------------------

    def publish_health(self) -> None:
        """Publish the node's health now; otherwise it is published once a second."""
        statuses = list(self._statuses())
        for status in statuses:
            self._log_change(status)
        stamp = self.get_clock().now().to_msg()
        self._diagnostics.publish(write_diagnostics(self.get_name(), statuses, stamp))

    def _statuses(self) -> Sequence[Status]:
        label = self._state_machine.current_state[1]
        if self._trouble and label != 'active':
            level = Level.WARN if self._trouble == 'not configured yet' else Level.ERROR
            return [Status('state', level, self._trouble, {'lifecycle': label})]
        if label not in ('active', 'activating'):
            return [Status('state', Level.OK, label, {'lifecycle': label})]
        return self.health()

    def _log_change(self, status: Status) -> None:
        before = self._levels.get(status.part, Level.OK)
        self._levels[status.part] = status.level
        if status.level > before and status.part != 'state':
            self.get_logger().warning(f'{status.part}: {status.message}')
        elif status.level < before and status.level == Level.OK:
            self.get_logger().info(f'{status.part}: {status.message}')
