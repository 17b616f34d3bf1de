"""Trainer node: starts trainings on request or on a schedule, beside the live nodes.

The training itself is a process of the lowest priority; this node never imports torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
import json
import shlex
import sys
from typing import Any, ClassVar

from rclpy.publisher import Publisher
from rclpy.qos import DurabilityPolicy, QoSProfile
from std_msgs.msg import Float32, String
from std_srvs.srv import Trigger

from factory_perception.bridge.diagnostic_msgs import Level, Status
from factory_perception.nodes.parameter_table import NodeParameters, parameter
from factory_perception.nodes.perception_node import PerceptionNode
from factory_perception.nodes.process import run
from factory_perception.nodes.training_process import Outcome, TrainingProcess
from factory_perception.training.settings import PRESETS


@dataclass(frozen=True)
class TrainerParameters(NodeParameters):
    """What can be set on a trainer."""

    data: str = parameter('', 'Folder of the data set, or "cell" for the embedded cell.')
    name: str = parameter('', 'Name of the model; empty takes that of the data folder.')
    task: str = parameter('', 'What to learn; empty recognises it by the data.')
    preset: str = parameter('cpu', 'Size and patience of the training.', choices=tuple(PRESETS))
    config: str = parameter('', 'YAML file of settings over the preset; empty for none.')
    start_from: str = parameter('', 'Model to go on from, such as parts; empty begins afresh.')
    model_store: str = parameter('', 'Folder that receives the model; empty for the default one.')
    run_folder: str = parameter(
        '', 'Folder for checkpoints, from which an interrupted training goes on; empty makes one.'
    )
    extra: list[str] = parameter(
        [''], 'More words for the train command, such as --max-time 30m; see its help.'
    )
    threads: int = parameter(1, 'Processor threads of the training.', low=1, high=256)
    period: float = parameter(
        0.0, 'Hours from the start of one training to that of the next; 0: only on request.',
        low=0.0, high=8760.0,
    )  # fmt: skip


class TrainerNode(PerceptionNode[TrainerParameters]):
    """Has ``~/start`` and ``~/cancel``; tells ``~/progress`` (0 to 1) and ``~/result`` (JSON)."""

    table: ClassVar[type] = TrainerParameters

    def __init__(self, name: str = 'trainer', **options: Any) -> None:
        self._training: TrainingProcess | None = None
        self._step: dict[str, Any] = {}
        self._stage = ''
        self._outcome: Outcome | None = None
        self._parts: list[Any] = []
        super().__init__(name, **options)

    def configure(self) -> None:
        """Refuse at once what could never be trained."""
        if not self.values.data:
            raise ValueError('parameter data is empty: give the folder of a data set, or "cell"')

    def activate(self) -> None:
        """Offer the services; with a period, start the first training."""
        latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        self._progress: Publisher = self.create_publisher(Float32, '~/progress', latched)
        self._result: Publisher = self.create_publisher(String, '~/result', latched)
        start = self.create_service(Trigger, '~/start', self._on_start)
        cancel = self.create_service(Trigger, '~/cancel', self._on_cancel)
        self._parts = [
            (self.destroy_publisher, self._progress), (self.destroy_publisher, self._result),
            (self.destroy_service, start), (self.destroy_service, cancel),
        ]  # fmt: skip
        if self.values.period:
            timer = self.create_timer(self.values.period * 3600.0, self._on_period)
            self._parts.append((self.destroy_timer, timer))
            self._start()

    def deactivate(self) -> None:
        """End the training, whose checkpoint stays, and take the services away."""
        if self._training is not None:
            self._training.close()
            self._training = None
        for destroy, part in self._parts:
            destroy(part)
        self._parts = []

    def health(self) -> Sequence[Status]:
        """Report the running training, else how the last one ended."""
        if self._training is not None:
            share = self._step.get('share', 0.0)
            text = self._stage or f'training, {100 * share:.0f} % done'
            return [Status('training', Level.OK, text, self._figures())]
        if self._outcome is None:
            return [Status('training', Level.OK, 'idle', {'data': self.values.data})]
        failed = not self._outcome.model and not self._outcome.cancelled
        level = Level.ERROR if failed else Level.OK
        return [Status('training', level, self._outcome.message, self._figures())]

    def _figures(self) -> dict[str, object]:
        step = {key: value for key, value in self._step.items() if key not in ('event', 'losses')}
        model = self._outcome.model if self._outcome else ''
        return {'data': self.values.data, 'model': model, **step, **self._step.get('losses', {})}

    def _on_start(self, _: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        response.success = self._training is None
        if response.success:
            self._start()
            response.message = f'training on {self.values.data} started'
        else:
            response.message = 'a training is running: cancel it first, or wait for its end'
        return response

    def _on_cancel(self, _: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        response.success = self._training is not None
        if self._training is not None:
            self._training.cancel()
            response.message = 'the training ends after its present step; its checkpoint stays'
        else:
            response.message = 'no training is running'
        return response

    def _on_period(self) -> None:
        if self._training is None:
            self._start()
        else:
            self.get_logger().warning('the last training still runs: this one is left out')

    def _start(self) -> None:
        self._step, self._stage, self._outcome = {}, 'preparing', None
        words = command_words(self.values)
        self.get_logger().info(f'factory_perception train {shlex.join(words)}')
        self._training = TrainingProcess(
            words, self.values.threads, self._on_event, self._on_end
        )  # fmt: skip

    def _on_event(self, event: dict[str, Any]) -> None:
        """Follow the training; called in its reader's thread."""
        if event['event'] == 'step':
            self._step, self._stage = event, ''
            self._progress.publish(Float32(data=float(event['share'])))
        elif event['event'] == 'say':
            self._stage = event['text']
            self.get_logger().info(event['text'])

    def _on_end(self, outcome: Outcome) -> None:
        """Tell how it ended; called in the reader's thread."""
        self._training, self._outcome = None, outcome
        log = self.get_logger().info if outcome.model else self.get_logger().error
        log(outcome.message)
        result = {
            'model': outcome.model, 'promoted': outcome.promoted,
            'cancelled': outcome.cancelled, 'message': outcome.message,
        }  # fmt: skip
        self._result.publish(String(data=json.dumps(result)))


def command_words(values: TrainerParameters) -> list[str]:
    """Give the words of the train command that the parameters stand for."""
    options = {
        '--data': values.data, '--name': values.name, '--task': values.task,
        '--preset': values.preset, '--config': values.config, '--from': values.start_from,
        '--store': values.model_store, '--run-dir': values.run_folder,
    }  # fmt: skip
    words = [word for name, value in options.items() if value for word in (name, value)]
    return words + [word for word in values.extra if word]


def main(arguments: list[str] | None = None) -> int:
    """Run the node as a process."""
    return run(TrainerNode, arguments)


if __name__ == '__main__':
    sys.exit(main())
