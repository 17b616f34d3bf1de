"""What the nodes on joint states cost: share of a core, and delay from stamp to forecast.

The share is processor time of the processes, so it says the same on a machine that is busy; delays
do not.
"""

from __future__ import annotations

from collections.abc import Mapping
import json
from pathlib import Path
import subprocess
import sys
import tempfile
import time
from typing import Any

from factory_perception.cli.bench_engine import spread
from factory_perception.cli.errors import CommandError
from factory_perception.cli.processes import Processes
from factory_perception.deployment import DIAGNOSER, NodeSpec
from factory_perception.model_store.store import default_store
from factory_perception.motion.forecast_spec import read_spec

_BENCH = 'factory_perception.nodes.bench'
_SETTLED_S = 3.0
_BOTH = ('motion_predictor', 'fault_diagnoser')
#: Name of a case to robots, rate in Hz, how they move, and the nodes that are measured. An arm that
#: swings is nothing that the diagnoser knows: alarms stand all the time, which is more work.
CASES: dict[str, tuple[int, float, str, tuple[str, ...]]] = {
    'one_robot_500_hz': (1, 500.0, 'work', _BOTH),
    'one_robot_500_hz_in_alarm': (1, 500.0, 'swing', _BOTH),
    'ten_robots_100_hz': (10, 100.0, 'work', ('motion_predictor',)),
}


def measure_joints(model: str, seconds: float) -> dict[str, Any]:
    """Run every case for some seconds."""
    joints = list(read_spec(default_store().find(model).manifest).joints)
    return {name: _case(*case, model, joints, seconds) for name, case in CASES.items()}


def _case(
    robots: int, rate_hz: float, motion: str, nodes: tuple[str, ...], model: str,
    joints: list[str], seconds: float,
) -> dict[str, Any]:  # fmt: skip
    names = [f'robot_{place}' for place in range(robots)] if robots > 1 else ['']
    helpers: list[subprocess.Popen[str]] = []
    with tempfile.TemporaryDirectory(prefix='factory_perception_') as logs:
        processes = Processes(Path(logs))
        try:
            for node in nodes:
                processes.start(NodeSpec(node, _parameters(node, model, names)))
            topic = f'motion_predictor/{names[0]}/forecast'.replace('//', '/')
            receiver = _helper('receiver', '--kind', 'forecast', '--topic', topic)
            helpers.append(receiver)
            length = str(seconds + 2 * _SETTLED_S)
            robot = _helper('robots', '--rate', str(rate_hz), '--seconds', length, '--motion',
                            motion, '--listeners', str(len(nodes)),
                            '--joints', *joints, '--robots', *names)  # fmt: skip
            helpers.append(robot)
            assert robot.stdout is not None
            begins = robot.stdout.readline()  # it has worked out its motion and is heard
            processes.check()
            if not begins:
                raise CommandError('the robots of the benchmark did not begin; see their message')
            time.sleep(_SETTLED_S)
            before = processes.cpu_seconds()
            time.sleep(seconds)
            used = {name: after - before[name] for name, after in processes.cpu_seconds().items()}
            if robot.wait(seconds + 60.0):
                raise CommandError('the robots of the benchmark ended with an error')
            output, _ = receiver.communicate('', timeout=60)
        except subprocess.TimeoutExpired:
            raise CommandError(
                f'this machine is too busy for joint states at {rate_hz:g} Hz: try again later'
            ) from None
        finally:
            for helper in helpers:
                helper.kill()
                helper.wait()
            processes.stop()
    delays = [(arrival - stamp) / 1e6 for arrival, stamp in json.loads(output)]
    if not delays:
        raise CommandError('no forecast arrived')
    return {
        'core_share': {name: round(value / seconds, 3) for name, value in used.items()},
        'core_share_together': round(sum(used.values()) / seconds, 3),
        'stamp_to_forecast_ms': spread(delays),
        'forecasts': len(delays),
    }


def _helper(module: str, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, '-m', f'{_BENCH}.{module}', *words]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _parameters(node: str, model: str, robots: list[str]) -> Mapping[str, object]:
    if node == 'motion_predictor':
        return {'model': model, 'robots': robots}
    return DIAGNOSER.parameters
