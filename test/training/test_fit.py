"""The training loop: killed and resumed, together with others, interrupted, led astray."""

from __future__ import annotations

import os
from pathlib import Path
import random
import signal
import subprocess
import sys

import pytest
import torch
from torch import nn

from factory_perception.training.distributed import Team
from factory_perception.training.fit import fit, FitError
from factory_perception.training.optimizers import learning_rate, make_optimizer, RATES
from factory_perception.training.run_folder import RunFolder
from factory_perception.training.setting_tree import SettingsError
from factory_perception.training.settings import FitSettings

ROOT = Path(__file__).resolve().parent.parent.parent
COMMAND = [sys.executable, '-m', 'test.training.run_fit']


def start(*words, threads=1):
    environment = {**os.environ, 'OMP_NUM_THREADS': str(threads)}
    return subprocess.Popen(
        [*COMMAND, *map(str, words)], cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment
    )


def weights_of(process):
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0, output
    return output.split('weights ')[1].strip()


def test_killed_and_resumed_ends_with_the_same_weights(tmp_path):
    whole = weights_of(start(tmp_path / 'whole', threads=2))
    process = start(tmp_path / 'killed', threads=2)
    chosen = random.SystemRandom().randint(
        8, 20
    )  # of 24 steps: in the second, third or fourth epoch
    for number, _ in enumerate(process.stdout):
        if number == chosen:
            process.send_signal(signal.SIGKILL)
            break
    process.wait()
    assert weights_of(start(tmp_path / 'killed', 'resume', threads=2)) == whole
    rows = RunFolder(tmp_path / 'killed').metrics()
    assert [row['epoch'] for row in rows] == [0, 1, 2, 3]


def test_another_seed_gives_other_weights(tmp_path):
    first, second = (
        weights_of(start(tmp_path / str(seed), f'fit.seed={seed}', 'fit.epochs=1'))
        for seed in (0, 1)
    )
    assert first != second


def test_two_processes_train_one_network(tmp_path):
    command = [sys.executable, '-m', 'torch.distributed.run', '--standalone', '--nproc-per-node=2']
    command += ['-m', 'test.training.run_fit', str(tmp_path), 'fit.epochs=1', 'fit.batch=4']
    result = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=300,
        env={**os.environ, 'OMP_NUM_THREADS': '1'},
    )  # fmt: skip
    assert result.returncode == 0, result.stderr[-2000:]
    assert result.stdout.count('weights ') == 1  # one of them leads
    steps = [line for line in result.stdout.splitlines() if line.startswith('step')]
    assert len(steps) == 2 * 6  # 48 pictures, 4 each for 2 processes
    assert len(RunFolder(tmp_path).metrics()) == 1


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_a_checkpoint(tmp_path, number):
    process = start(tmp_path)
    for line in process.stdout:
        if line.startswith('step 1'):
            process.send_signal(number)
            break
    process.communicate(timeout=60)
    assert process.returncode != 0
    assert (tmp_path / 'last.pt').is_file()
    assert weights_of(start(tmp_path, 'resume'))


class Line:
    """The smallest lesson: learn y = 2 x + 1 from four points."""

    batches_per_epoch = 2

    def __init__(self, poison=()):
        torch.manual_seed(0)
        self.network = nn.Sequential(nn.Flatten(), nn.Linear(1, 1))
        self._poison, self._calls, self.scores = poison, 0, []

    def batches(self, epoch, progress):
        x = torch.tensor([[-1.0], [0.0], [1.0], [2.0]])[..., None, None]
        yield from ((x[index::2], 2 * x[index::2, :, 0, 0] + 1) for index in range(2))

    def losses(self, network, batch, device):
        self._calls += 1
        loss = (network(batch[0]) - batch[1]).square().mean()
        return {'loss': loss * float('nan') if self._calls in self._poison else loss}

    def validate(self, network):
        with torch.no_grad():
            error = float((network(torch.ones(1, 1, 1, 1)) - 3).abs())
        self.scores.append(-error)
        return {'score': -error}


def settings(**changes):
    values = {'epochs': 30, 'learning_rate': 0.05, 'average_steps': 5, 'weight_decay': 0.0}
    return FitSettings(**{**values, **changes})


@pytest.mark.parametrize('optimizer', RATES)
def test_every_optimizer_learns(tmp_path, optimizer):
    lesson = Line()
    rate = {'adagrad': 0.5}.get(optimizer, 0.05)
    how = settings(optimizer=optimizer, epochs=60, learning_rate=rate)
    fit(lesson, how, RunFolder(tmp_path), lambda step: None)
    assert lesson.scores[-1] > 0.3 * lesson.scores[0] and max(lesson.scores) > -0.3


def test_a_share_of_the_start_is_kept(tmp_path):
    lesson = Line()
    start = {name: tensor.clone() for name, tensor in lesson.network.state_dict().items()}
    free = fit(lesson, settings(epochs=3), RunFolder(tmp_path / 'free'), lambda step: None)
    keeping = Line()
    how = settings(epochs=3, keep_start=0.25)
    kept = fit(keeping, how, RunFolder(tmp_path / 'kept'), lambda step: None)
    for name, tensor in kept.state_dict().items():
        assert torch.allclose(tensor, 0.75 * free.state_dict()[name] + 0.25 * start[name])
    # What was measured, and decides about the best epoch, is the mixture.
    assert keeping.scores[-1] == pytest.approx(keeping.validate(kept)['score'])
    assert keeping.scores[-1] < lesson.scores[-1]


def test_a_run_that_goes_on_keeps_the_start_that_it_had(tmp_path):
    ends = []
    for name in ('same', 'other'):
        run, how = RunFolder(tmp_path / name), settings(epochs=2, keep_start=0.5)
        fit(Line(), how, run, lambda step: None)
        lesson = Line()
        if name == 'other':  # the name of the model means another version by now
            with torch.no_grad():
                lesson.network[1].weight += 5
        how = settings(epochs=4, keep_start=0.5)
        ends.append(fit(lesson, how, run, lambda step: None, resume=True).state_dict())
    assert all(torch.equal(ends[0][name], ends[1][name]) for name in ends[0])


def test_single_bad_losses_are_skipped_and_many_end_the_run(tmp_path):
    lesson = Line(poison={2, 3})
    fit(lesson, settings(epochs=60), RunFolder(tmp_path / 'a'), lambda step: None)
    assert max(lesson.scores) > -0.3
    with pytest.raises(FitError, match=r'10 losses in a row are not finite: lower fit\.learning'):
        fit(Line(poison=range(5, 99)), settings(), RunFolder(tmp_path / 'b'), lambda step: None)


def test_patience_ends_a_run_that_gets_no_better_and_the_best_is_given(tmp_path):
    lesson = Line()
    lesson.validate = lambda network: {'score': {1: 0.5, 2: 0.9}.get(len(run.metrics()) + 1, 0.1)}
    run = RunFolder(tmp_path)
    fit(lesson, settings(patience=3), run, lambda step: None)
    assert len(run.metrics()) == 5
    best = run.load('best.pt')['network']
    last = run.load('last.pt')['average']
    assert not torch.equal(best['1.weight'], last['module.1.weight'])


def test_the_time_limit_ends_a_run_in_good_order(tmp_path):
    run = RunFolder(tmp_path)
    fit(Line(), settings(epochs=10**6, max_time_s=1.0), run, lambda step: None)
    assert 1 <= len(run.metrics()) < 10**6
    assert run.load('last.pt') is not None


def test_what_the_time_limit_ends_is_validated(tmp_path):
    run, how = RunFolder(tmp_path), settings(epochs=10**6, validate_every=10**5, max_time_s=0.3)
    fit(Line(), how, run, lambda step: None)
    assert run.metrics()[-1]['validation'] and run.load('best.pt') is not None


def test_time_goes_by_the_clock_of_the_process_that_leads(tmp_path):
    class Follower(Team):
        def agree(self, value):
            return 2.0 if isinstance(value, float) else value  # theirs says that it is over

    team = Follower(0, 1, torch.device('cpu'))
    fit(Line(), settings(max_time_s=1e6), RunFolder(tmp_path), lambda step: None, team=team)
    assert RunFolder(tmp_path).metrics() == []


def test_a_step_that_one_process_cannot_make_is_made_by_none(tmp_path):
    class Partner(Team):
        def every(self, said):
            calls.append(said)
            return said and len(calls) > 2  # the losses of the other are no numbers at first

    calls, steps = [], []
    team = Partner(0, 1, torch.device('cpu'))
    fit(Line(), settings(epochs=3), RunFolder(tmp_path), steps.append, team=team)
    assert calls == [True] * 6 and len(steps) == 4


def test_a_new_run_knows_nothing_of_an_old_one_in_its_folder(tmp_path):
    run = RunFolder(tmp_path)
    fit(Line(), settings(epochs=5), run, lambda step: None)
    lesson = Line()
    lesson.validate = lambda network: {'score': float('nan')}  # never better than anything
    found = fit(lesson, settings(epochs=2), run, lambda step: None)
    assert len(run.metrics()) == 2 and run.load('best.pt') is None
    last = run.load('last.pt')['average']
    assert torch.equal(found.state_dict()['1.weight'], last['module.1.weight'])


def test_gradients_are_added_up_over_batches(tmp_path):
    weights = []
    for accumulate in (1, 2):
        lesson = Line()
        how = settings(epochs=1, accumulate=accumulate, optimizer='sgd', schedule='constant',
                       warm_up=0.0, average_steps=1, gradient_clip=1e9)  # fmt: skip
        fit(lesson, how, RunFolder(tmp_path / str(accumulate)), lambda step: None)
        weights.append(float(lesson.network[1].weight))
    assert weights[0] != weights[1]


def test_resuming_needs_a_checkpoint_that_is_whole(tmp_path):
    with pytest.raises(FitError, match='holds no checkpoint to go on from'):
        fit(Line(), settings(), RunFolder(tmp_path), lambda step: None, resume=True)
    (tmp_path / 'last.pt').write_bytes(b'half')
    with pytest.raises(SettingsError, match=r'last\.pt is damaged'):
        fit(Line(), settings(), RunFolder(tmp_path), lambda step: None, resume=True)


def test_the_rate_climbs_falls_and_ends():
    how = FitSettings(warm_up=0.1, learning_rate=1.0)
    rates = [learning_rate(progress / 100, how) for progress in range(101)]
    assert (
        rates[0] < 0.01 and max(rates) == pytest.approx(1.0) and rates[100] == pytest.approx(0.05)
    )
    assert rates.index(max(rates)) == 10
    constant = FitSettings(schedule='constant', warm_up=0.0, learning_rate=0.3)
    assert learning_rate(0.7, constant) == 0.3


def test_normalisation_and_biases_are_not_decayed():
    network = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2))
    groups = make_optimizer(network, FitSettings(weight_decay=0.1)).param_groups
    assert [(len(group['params']), group['weight_decay']) for group in groups] == [(1, 0.1), (3, 0)]
