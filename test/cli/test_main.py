"""What every command says about itself."""

from __future__ import annotations

import pytest

from factory_perception.cli.main import COMMANDS, main


@pytest.mark.parametrize('command', COMMANDS)
def test_help_is_plain_text(command, capsys):
    with pytest.raises(SystemExit) as ended:
        main([command, '--help'])
    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert said.startswith(f'usage: factory_perception {command}') and '``' not in said
