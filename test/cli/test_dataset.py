"""The ``dataset`` command: what it prints, writes and returns."""

from __future__ import annotations

import json

import cv2
import pytest

from factory_perception.cli.main import COMMANDS, main
from test.training.datasets import makers


@pytest.fixture
def run(capsys):
    def run(*words):
        code = main(['dataset', 'check', *map(str, words)])
        output = capsys.readouterr()
        return code, output.out, output.err

    return run


def test_it_is_a_command():
    assert 'dataset' in COMMANDS and list(COMMANDS) == sorted(COMMANDS)


def test_a_good_set(run, tmp_path):
    code, out, err = run(makers.yolo(tmp_path / 'cups', 40))
    assert (code, err) == (0, '')
    assert 'cups (yolo, detect)' in out and 'taken for yolo, because of 40 text files' in out
    assert 'parts: train 32, val 8' in out and '0 errors' in out
    row = next(line.split() for line in out.splitlines() if line.strip().startswith('lid'))
    assert row[0] == 'lid' and row[1] == '20'


def test_errors_and_what_skipping_leaves(run, tmp_path):
    makers.yolo(tmp_path)
    makers.text(tmp_path / 'labels/frame_1.txt', '0 1.7 0.5 0.5 0.5')
    code, out, _ = run(tmp_path)
    assert code == 1 and '1 errors' in out
    assert 'error   labels/frame_1.txt line 1: x is 1.7, outside 0..1; give shares' in out
    code, out, _ = run(tmp_path, '--skip-bad')
    assert code == 0 and '--skip-bad leaves out 1 of' in out and '0 errors remain' in out
    assert '  images/frame_1.png' in out


def test_findings_are_shown_although_nothing_can_be_drawn(run, tmp_path):
    makers.yolo(tmp_path / 'set', 1)
    makers.text(tmp_path / 'set/labels/frame_0.txt', 'x')
    code, out, err = run(tmp_path / 'set', '--preview', tmp_path / 'sheet.jpg')
    assert code == 1 and 'neither class' in out and 'there is nothing to draw' in err


def test_many_of_a_kind_are_cut_short(run, tmp_path):
    makers.yolo(tmp_path, 12)
    for n in range(9):
        makers.text(tmp_path / f'labels/frame_{n}.txt', 'x')
    _, out, _ = run(tmp_path)
    assert out.count('neither class x y') == 5
    assert 'and 4 more of the kind "columns": --json has all' in out


def test_files(run, tmp_path):
    makers.coco(tmp_path / 'set')
    report, sheet = tmp_path / 'report.json', tmp_path / 'sheet.jpg'
    code, _, _ = run(tmp_path / 'set', '--task', 'segment', '--json', report, '--preview', sheet)
    content = json.loads(report.read_text())
    assert code == 0 and content['task'] == 'segment' and content['format'] == 'coco'
    assert content['counts']['bolt']['all'] == 3
    assert {'kind', 'severity', 'file', 'line', 'text', 'mend'} <= set(content['problems'][0])
    assert cv2.imread(str(sheet)).shape[0] > 200


def test_the_sheet_is_what_its_name_says(run, tmp_path):
    data, sheet = makers.yolo(tmp_path / 'set'), tmp_path / 'sheet.png'
    assert run(data, '--preview', sheet)[0] == 0 and sheet.read_bytes()[1:4] == b'PNG'
    code, out, err = run(data, '--preview', tmp_path / 'sheet.pdf')
    assert (code, out) == (1, '') and 'no sheet is written as ".pdf"; let the name end in' in err


def test_a_list(run, tmp_path):
    own = makers.text(tmp_path / 'mine.txt', 'frame_1\nframe_0\n')
    assert 'mine 2' in run(makers.yolo(tmp_path / 'set'), '--split', own)[1]


@pytest.mark.parametrize(
    ('words', 'message'),
    [
        (('gone',), 'gone: there is no such folder'),
        (('.', '--task', 'guess'), 'there is no task "guess"'),
        (('.', '--format', 'guess'), 'there is no format "guess"'),
        (('.',), 'is no data set that is known here'),
    ],
)
def test_one_sentence_for_what_cannot_be_opened(run, tmp_path, monkeypatch, words, message):
    makers.text(tmp_path / 'a.xyz', 'x')
    monkeypatch.chdir(tmp_path)
    code, out, err = run(*words)
    assert (code, out) == (1, '') and err.startswith('factory_perception: ') and message in err
    assert 'Traceback' not in err
