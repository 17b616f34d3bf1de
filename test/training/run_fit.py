"""A small training as a process: ``python -m test.training.run_fit FOLDER [resume] [KEY=VALUE …]``.

Prints a line a step, and the hash of the final weights at the end.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
import signal
import sys

import torch

from factory_perception.training.detection_recipe import DetectionRecipe
from factory_perception.training.distributed import join_team
from factory_perception.training.fit import fit
from factory_perception.training.input_size import with_input_size
from factory_perception.training.run_folder import RunFolder
from factory_perception.training.settings import load_settings
from test.training.shapes import Shapes


def weights_hash(network: torch.nn.Module) -> str:
    """Hash every weight and buffer, bit by bit."""
    digest = hashlib.sha256()
    for name, tensor in sorted(network.state_dict().items()):
        digest.update(name.encode() + tensor.numpy().tobytes())
    return digest.hexdigest()


def say(line: str) -> None:
    """Print in one write, so that the lines of two processes never mix."""
    sys.stdout.flush()
    os.write(1, f'{line}\n'.encode())


def main() -> None:
    # Tests may themselves have been started where SIGINT is ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    folder, *words = sys.argv[1:]
    resume = 'resume' in words
    assignments = dict(word.split('=') for word in words if '=' in word)
    small = {'fit.epochs': '4', 'fit.batch': '8', 'model.dropout': '0.1'}
    recipe, data = DetectionRecipe(), Shapes(48)
    settings = with_input_size(load_settings('tiny', None, {**small, **assignments}), data, None)
    torch.manual_seed(settings.fit.seed)
    network = recipe.network(settings, data)
    team = join_team()
    lesson = recipe.lesson(network, data, Shapes(8, seed=1), settings, team)
    trained = fit(
        lesson, settings.fit, RunFolder(Path(folder)),
        lambda step: say(f'step {step.epoch} {step.step}'), resume,
    )  # fmt: skip
    if team.leads:
        say(f'weights {weights_hash(trained)}')


if __name__ == '__main__':
    main()
