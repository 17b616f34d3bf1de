"""``factory_perception inject``: put faults on a copy of a stream of joint states."""

from __future__ import annotations

import argparse
import json

from factory_perception.cli.errors import CommandError

_EXAMPLE = 'kind=friction_rise,joint=joint_3,severity=0.8,onset_s=10,ramp_s=2,duration_s=10'


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add ``inject``."""
    parser = subparsers.add_parser(
        'inject', help='copy joint states with faults in them', description=__doc__
    )
    parser.add_argument('--topic', default='joint_states', help='joint states to copy')
    parser.add_argument('--output', default='fault_injector/joint_states', help='the copy')
    parser.add_argument(
        '--fault', action='append', default=[], metavar='KEY=VALUE,…',
        help=f'one fault, such as {_EXAMPLE}; may be repeated',
    )  # fmt: skip
    parser.add_argument('--auto', action='store_true', help='let faults come by themselves')
    parser.add_argument('--seed', type=int, default=0)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from factory_perception.nodes.fault_injector import inject  # ROS only where it is used

    requests = [read_fault(text) for text in options.fault]
    print(_plan(options, requests), flush=True)
    faults = [json.dumps(request) for request in requests]
    values = {'faults': faults or [''], 'auto': options.auto, 'seed': options.seed}
    remap = ['--ros-args', '-r', f'joint_states:={options.topic}']
    remap += ['-r', f'~/joint_states:={options.output}']
    return inject(values, remap)


def _plan(options: argparse.Namespace, requests: list[dict[str, object]]) -> str:
    """Say what will happen: nothing else would be seen until somebody listens."""
    lines = [f'Copying {options.topic} to {options.output}; nothing is sent to the robot.']
    for request in requests:
        values = ', '.join(f'{key} {value}' for key, value in request.items() if key != 'kind')
        lines.append(f'  {request["kind"]}: {values or "all values as usual"}')
    if options.auto:
        lines.append('  and faults that come by themselves')
    elif not requests:
        lines.append('  without a fault: ask for one with --fault or --auto')
    return '\n'.join([*lines, 'The truth is on fault_injector/gt/faults. Ctrl-C ends it.'])


def read_fault(text: str) -> dict[str, object]:
    """Read ``key=value,key=value`` as a request for a fault.

    Raises:
        CommandError: an unknown key, a value that is no number, no kind, or an unknown one.
    """
    from factory_perception.cell.signal_faults import SIGNAL_FAULTS

    request: dict[str, object] = {}
    for part in text.split(','):
        key, equals, value = (word.strip() for word in part.partition('='))
        if not equals or key not in ('kind', 'joint', 'severity', 'onset_s', 'ramp_s',
                                     'duration_s'):  # fmt: skip
            raise CommandError(f'--fault {text}: write it as {_EXAMPLE}')
        try:
            request[key] = value if key in ('kind', 'joint') else float(value)
        except ValueError:
            raise CommandError(f'--fault {text}: {key} must be a number, not {value}') from None
    if 'kind' not in request:
        raise CommandError(f'--fault {text}: says no kind; write it as {_EXAMPLE}')
    if request['kind'] not in SIGNAL_FAULTS:
        raise CommandError(
            f'--fault {text}: {request["kind"]} cannot be put on signals; there are '
            f'{", ".join(SIGNAL_FAULTS)}'
        )
    return request
