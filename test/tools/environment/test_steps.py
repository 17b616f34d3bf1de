"""What a person sees of a step."""

from __future__ import annotations

from environment.machine import SetupError
from environment.recipe import Step
from environment.steps import Steps
import pytest


def test_a_failing_step_shows_what_it_said_and_the_hint(capsys):
    step = Step('Try', ['sh', '-c', 'echo no network here; exit 1'], 'check the cable')
    with pytest.raises(SetupError, match=r'(?s)Try failed:.*no network here.*check the cable'):
        Steps(1).run(step)
    assert '[1/1] Try' in capsys.readouterr().out


def test_steps_are_counted_and_run_without_the_marks_of_other_environments(
    capsys, monkeypatch, tmp_path
):
    monkeypatch.setenv('PYTHONHOME', '/elsewhere')
    monkeypatch.delenv('AMENT_PREFIX_PATH', raising=False)
    monkeypatch.setenv('PYTHONPATH', '/elsewhere')
    steps = Steps(2)
    for title in ('One', 'Two'):
        steps.run(Step(title, ['sh', '-c', f'env > {tmp_path}/{title}'], ''))
    told = capsys.readouterr().out
    assert '[1/2] One' in told and '[2/2] Two' in told
    names = {line.partition('=')[0] for line in (tmp_path / 'Two').read_text().splitlines()}
    assert 'PATH' in names
    assert not names & {'PYTHONHOME', 'PYTHONPATH'}
