"""Fit a network: one loop for every task, to be read from top to bottom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
import time
from typing import Any

import torch
from torch import nn, Tensor
from torch.optim import Optimizer
from torch.optim.swa_utils import AveragedModel

from factory_perception.training.distributed import join_team, Team
from factory_perception.training.kept_start import KeptStart
from factory_perception.training.lesson import Lesson
from factory_perception.training.optimizers import l1_penalty, learning_rate, make_optimizer
from factory_perception.training.run_folder import BEST, LAST, RunFolder
from factory_perception.training.settings import FitSettings

#: So many losses in a row that are no numbers end a run; single ones are skipped.
BAD_LOSSES = 10


class FitError(Exception):
    """A run that cannot go on; the text says why and what to change."""


@dataclass(frozen=True)
class Step:
    """Where a run is, for whoever watches."""

    epoch: int
    epochs: int
    step: int
    steps: int
    losses: dict[str, float]
    learning_rate: float
    examples_per_second: float
    score: float | None


@dataclass
class Course:
    """What of a run changes from epoch to epoch; all of it is in the checkpoint."""

    epoch: int = 0
    best_score: float = float('-inf')
    best_epoch: int = -1
    seconds: float = 0.0
    bad_losses: int = 0


def fit(
    lesson: Lesson,
    how: FitSettings,
    run: RunFolder,
    watch: Callable[[Step], None],
    resume: bool = False,
    team: Team | None = None,
) -> nn.Module:
    """Train until the last epoch, the time limit or the end of patience; give the best network.

    Every epoch ends with a checkpoint. A run that was killed goes on from there with ``resume``
    and, on a CPU with the same number of threads, ends with the same weights as if never killed.
    Without ``resume`` what an earlier run left in the folder is dropped.

    Args:
        lesson: the task, its network and its data.
        how: settings of the loop.
        run: where checkpoints and metrics go.
        watch: called after every step.
        resume: go on from the checkpoint in ``run``.
        team: who trains together; those that were started together where it is not given.

    Raises:
        FitError: the losses are no numbers any more.
        KeyboardInterrupt: after Ctrl-C; the checkpoint of the last epoch is in place.
    """
    team = team or join_team()
    torch.manual_seed(how.seed)
    network = lesson.network.to(team.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    kept = KeptStart(network, how.keep_start)
    average = AveragedModel(network, multi_avg_fn=_mixer(how.average_steps), use_buffers=True)
    optimizer = make_optimizer(network, how)
    if not resume and team.leads:
        run.clear()
    course = _restore(run, network, average, optimizer, kept) if resume else Course()
    trained = team.wrap(network)
    start = time.monotonic() - course.seconds
    done = _done(course, how, start, team)
    while not done:
        sums = _train_epoch(lesson, trained, average, optimizer, how, course, team, start, watch)
        course.epoch += 1
        course.seconds = time.monotonic() - start
        scores: dict[str, float] = {}
        done = _done(course, how, start, team)
        if done or course.epoch % how.validate_every == 0:
            candidate = kept.result(average.module)
            scores = team.agree(dict(lesson.validate(candidate)) if team.leads else None)
        if scores and scores['score'] > course.best_score + how.min_delta:
            course.best_score, course.best_epoch = scores['score'], course.epoch
            if team.leads:
                run.save(BEST, {'network': candidate.state_dict()})
        if team.leads:
            seconds = round(course.seconds, 1)
            run.log(epoch=course.epoch - 1, seconds=seconds, losses=sums, validation=scores)
            run.save(LAST, _state(network, average, optimizer, course, kept))
        if scores:
            done = _done(course, how, start, team) or _out_of_patience(course, how)
    best = run.load(BEST) if team.leads else None
    result = kept.result(average.module)
    if best is not None:
        result.load_state_dict(best['network'])
    del trained  # it talks to the team even while it is freed
    team.leave()
    return result.cpu().eval()


def _train_epoch(
    lesson: Lesson,
    network: nn.Module,
    average: AveragedModel,
    optimizer: Optimizer,
    how: FitSettings,
    course: Course,
    team: Team,
    start: float,
    watch: Callable[[Step], None],
) -> dict[str, float]:
    """Go through the data once; give the mean of every part of the loss."""
    network.train()
    for part in getattr(_bare(network), 'frozen', ()):
        part.eval()  # its normalisation must not drift either
    pays = team.device.type == 'cuda' or half_precision_pays()
    half = how.precision == 'bf16' or (how.precision == 'auto' and pays)
    steps = lesson.batches_per_epoch
    sums: dict[str, float] = {}
    lap = time.perf_counter()
    for index, batch in enumerate(lesson.batches(course.epoch, course.epoch / how.epochs)):
        progress = (course.epoch + index / steps) / how.epochs
        rate = learning_rate(max(progress, _time_spent(how, start, team)), how)
        for group in optimizer.param_groups:
            group['lr'] = rate

        with torch.autocast(team.device.type, torch.bfloat16, enabled=half):
            losses = lesson.losses(network, batch, team.device)
        loss = losses['loss'] / how.accumulate
        if how.l1:
            loss = loss + how.l1 * l1_penalty(network.parameters()) / how.accumulate
        if not _is_number(loss, course, team):
            optimizer.zero_grad(set_to_none=True)
            continue
        loss.backward()
        if (index + 1) % how.accumulate == 0 or index + 1 == steps:
            nn.utils.clip_grad_norm_(network.parameters(), how.gradient_clip)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            average.update_parameters(_bare(network))

        values = {name: float(part.detach()) for name, part in losses.items()}
        for name, value in values.items():
            sums[name] = sums.get(name, 0.0) + value / steps
        now = time.perf_counter()
        score = None if course.best_epoch < 0 else course.best_score
        watch(
            Step(
                course.epoch, how.epochs, index + 1, steps, values, rate,
                how.batch * team.size / (now - lap), score,
            )
        )  # fmt: skip
        lap = now
        if _time_spent(how, start, team) >= 1:
            break
    return sums


def _mixer(steps: int) -> Callable[[Any, Any, Any], None]:
    """Give the rule by which weights are averaged: over some steps, at first over few."""

    @torch.no_grad()
    def mix(averaged: Any, current: Any, count: Any) -> None:
        share = max(1 / steps, 9 / (10 + int(count)))
        for ours, theirs in zip(averaged, current):
            if ours.is_floating_point():
                ours.lerp_(theirs, share)
            else:
                ours.copy_(theirs)

    return mix


def _is_number(loss: Tensor, course: Course, team: Team) -> bool:
    if team.every(bool(torch.isfinite(loss))):  # a step is made by all of them or by none
        course.bad_losses = 0
        return True
    course.bad_losses += 1
    if course.bad_losses >= BAD_LOSSES:
        raise FitError(
            f'{BAD_LOSSES} losses in a row are not finite: lower fit.learning_rate, or set '
            'fit.precision to fp32'
        )
    return False


def _done(course: Course, how: FitSettings, start: float, team: Team) -> bool:
    return course.epoch >= how.epochs or _time_spent(how, start, team) >= 1


def _out_of_patience(course: Course, how: FitSettings) -> bool:
    return 0 < how.patience * how.validate_every <= course.epoch - course.best_epoch


def _time_spent(how: FitSettings, start: float, team: Team) -> float:
    """Give the share of the time limit that is over, by the clock of the process that leads."""
    if not how.max_time_s:
        return 0.0
    return float(team.agree((time.monotonic() - start) / how.max_time_s))


def half_precision_pays() -> bool:
    """Say whether this processor multiplies bfloat16 faster than float32."""
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def _bare(network: nn.Module) -> nn.Module:
    inner: nn.Module = getattr(network, 'module', network)
    return inner


def _state(
    network: nn.Module,
    average: AveragedModel,
    optimizer: Optimizer,
    course: Course,
    kept: KeptStart,
) -> dict[str, Any]:
    return {
        'network': network.state_dict(),
        'average': average.state_dict(),
        'optimizer': optimizer.state_dict(),
        'course': vars(course),
        'random': torch.get_rng_state(),
        'start': kept.start,
    }


def _restore(
    run: RunFolder,
    network: nn.Module,
    average: AveragedModel,
    optimizer: Optimizer,
    kept: KeptStart,
) -> Course:
    state = run.load(LAST)
    if state is None:
        raise FitError(f'{run.path} holds no checkpoint to go on from: begin without --resume')
    network.load_state_dict(state['network'])
    average.load_state_dict(state['average'])
    optimizer.load_state_dict(state['optimizer'])
    torch.set_rng_state(state['random'])
    kept.start = state.get('start') or kept.start  # a run may have begun without keeping anything
    course = Course(**state['course'])
    run.keep_metrics_until(course.epoch)
    return course
