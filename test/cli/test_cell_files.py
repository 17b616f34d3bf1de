"""The command that makes the files of a cell."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import yaml

from factory_perception.cli.main import main

ROOT = Path(__file__).resolve().parents[2]


def test_a_cell_of_ones_own_moves_everything(tmp_path, capsys):
    text = (ROOT / 'config' / 'cell.yaml').read_text()
    assert 'top_z_m: 0.70' in text
    mine = tmp_path / 'cell.yaml'
    text = text.replace('top_z_m: 0.70', 'top_z_m: 0.80').replace('_optical_frame', '_eye')
    mine.write_text(text)
    assert main(['cell-files', '--config', str(mine), str(tmp_path / 'out')]) == 0
    assert 'files in' in capsys.readouterr().out
    world = ElementTree.parse(tmp_path / 'out' / 'worlds' / 'factory_cell.sdf')
    pose = world.findtext(".//model[@name='conveyor_belt']/pose").split()
    assert float(pose[2]) == 0.75
    bridge = yaml.safe_load((tmp_path / 'out' / 'config' / 'gazebo_bridge.yaml').read_text())
    assert {e['frame_id'] for e in bridge if 'frame_id' in e} == {'cell_camera_eye'}


def test_a_wrong_cell_is_named(tmp_path, capsys):
    wrong = tmp_path / 'wrong.yaml'
    wrong.write_text('belt: 3')
    assert main(['cell-files', '--config', str(wrong), str(tmp_path)]) == 1
    assert 'wrong.yaml' in capsys.readouterr().err
    assert main(['cell-files', '--config', str(tmp_path / 'none.yaml'), str(tmp_path)]) == 1
    assert 'cannot be read' in capsys.readouterr().err
