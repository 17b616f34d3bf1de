"""The commands and the selftest on TensorRT."""

from __future__ import annotations

import tensorrt as trt

from factory_perception.cli import engines as commands
from factory_perception.cli.main import main
from factory_perception.engines import comparison
from factory_perception.engines.selftest.checks import run_selftest
from factory_perception.engines.tensorrt.provision import Provision
from test.engines.tensorrt_contract.stage import FAKE


def test_selftest_proves_everything(tmp_path):
    checks = []
    run_selftest(['tensorrt'], tmp_path, checks.append)
    assert [check.subject for check in checks if not check.passed] == []
    assert len(checks) == 5 * 5  # five plans, five checks each


def test_selftest_finds_what_is_wrong(tmp_path):
    FAKE.switches.offset, FAKE.switches.capturable = 1.0, False
    checks = []
    run_selftest(['tensorrt'], tmp_path, checks.append)
    broken = {check.subject.rpartition(': ')[2] for check in checks if not check.passed}
    assert broken == {'values', 'CUDA graph'}


def test_commands(folder, capsys, monkeypatch):
    monkeypatch.setattr(comparison, '_TIMED_SECONDS', 0.0)
    model = ['--store', str(folder.path.parents[1]), folder.label]
    assert main(['engines', 'list']) == 0
    assert f'yes {trt.__version__} on Imaginary GPU' in ' '.join(capsys.readouterr().out.split())
    assert main(['engines', 'build', *model]) == 0
    assert 'int8 on Imaginary GPU (compute capability 8.7)' in capsys.readouterr().out
    assert main(['engines', 'check', *model]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert [row.split()[0] for row in rows if row.endswith('cached')] == []
    assert any(row.startswith('tensorrt     int8') and 'ok' in row for row in rows)
    assert any(row.startswith('tensorrt     fp16') and 'not compared' in row for row in rows)
    FAKE.switches.offset = 1.0
    assert main(['engines', 'check', *model]) == 1
    assert main(['engines', 'build', *model]) == 1
    assert 'does not compute what the model computes' in capsys.readouterr().err


def test_ctrl_c_stops_a_build(folder, monkeypatch):
    def interrupt(build):
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, '_show_progress', interrupt)
    FAKE.switches.step_seconds, FAKE.switches.steps = 0.01, 1000
    assert main(['engines', 'build', '--store', str(folder.path.parents[1]), folder.label]) == 130
    assert FAKE.steps_done < 1000
    assert Provision(folder, 'int8').load() is None
