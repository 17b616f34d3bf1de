"""The demonstration as a user runs it: real processes, the shipped models, figures at the end."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys

import cv2
import pytest

from factory_perception.cli.demo import _conclusion

pytestmark = pytest.mark.usefixtures('shipped_parts')


def start(*words):
    domain = str(random.SystemRandom().randint(1, 100))
    environment = {
        **os.environ, 'ROS_DOMAIN_ID': domain, 'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST',
        'PYTHONUNBUFFERED': '1',
    }  # fmt: skip
    command = [sys.executable, '-m', 'factory_perception.cli', 'demo', '--page-port', '0', *words]
    return subprocess.Popen(
        command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def test_figures_and_pictures(tmp_path):
    json_file, pictures = tmp_path / 'out.json', tmp_path / 'pictures'
    process = start('--seconds', '25', '--json', str(json_file), '--snapshot', str(pictures))
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0, output
    figures = json.loads(json_file.read_text())
    assert figures['map50'] > 0.7 and figures['frames_published'] > 10
    assert figures['frames_lost'] < 0.5 * figures['frames_published']
    assert 0 < figures['latency_ms']['p50'] <= figures['latency_ms']['p95']
    assert (figures['engine'], figures['precision']) == ('onnxruntime', 'fp32')
    assert figures['model'].startswith('parts@')
    shots = list(pictures.glob('*.png'))
    assert shots and cv2.imread(str(shots[0])).shape[2] == 3
    assert 'mAP50' in output.splitlines()[-1]


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_everything_cleanly(number):
    process = start()
    lines = []
    for line in process.stdout:
        lines.append(line)
        if 'frames/s' in line and len([x for x in lines if 'frames/s' in x]) >= 6:
            process.send_signal(number)
            break
    rest, _ = process.communicate(timeout=120)
    assert process.returncode == 0, ''.join(lines) + rest
    assert 'Traceback' not in rest and 'abort' not in rest.lower()


@pytest.mark.parametrize(
    'first_s, words', [(None, 'No detections arrived'), (2.5, 'It ended too soon')]
)
def test_a_demonstration_without_figures_says_why(first_s, words):
    assert words in _conclusion({'frames_published': 0, 'first_detection_s': first_s})
