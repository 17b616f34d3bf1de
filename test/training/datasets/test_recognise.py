"""What a folder is taken for, and what is said when that is not clear."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys

import pytest

from factory_perception.training.data import PictureData
from factory_perception.training.datasets.formats import FORMAT_NAMES
from factory_perception.training.datasets.opened import open_whole
from factory_perception.training.datasets.recognise import open_dataset
from factory_perception.training.datasets.recognition import recognise
from factory_perception.training.datasets.series import SeriesData
from test.training.datasets import makers
from test.training.datasets.support import refuses

CASES = [
    ('coco', makers.coco, 'detect'), ('voc', makers.voc, 'detect'), ('yolo', makers.yolo, 'detect'),
    ('deeppcb', makers.deeppcb, 'detect'), ('image_folder', makers.image_folder, 'classify'),
    ('mvtec', makers.mvtec, 'anomaly'), ('mask_folder', makers.masks, 'segment'),
    ('idx', makers.idx, 'classify'), ('joint_csv', makers.joint_csv, 'fault'),
    ('run_tables', makers.run_tables, 'fault'), ('bearing', makers.bearing, 'fault'),
    ('sequence_tables', makers.sequence_tables, 'fault'), ('ur3_log', makers.ur3_log, 'fault'),
    ('npz_series', makers.npz_series, 'forecast'), ('bag_series', makers.bag, 'forecast'),
    ('force_windows', makers.force_windows, 'fault'),
]  # fmt: skip


@pytest.mark.parametrize(('name', 'make', 'task'), CASES, ids=[case[0] for case in CASES])
@pytest.mark.parametrize('around', [False, True])
def test_each_format(tmp_path, name, make, task, around):
    folder = tmp_path / 'around' / 'inner'
    make(folder)
    if around:
        makers.text(tmp_path / 'around' / 'README.md', 'about it')
        makers.text(tmp_path / 'around' / 'LICENSE.txt', 'all yours')
    opened = open_whole(folder.parent if around else folder)
    assert (opened.format_name, opened.task) == (name, task)
    assert opened.why.startswith(f'{name}, because of ')
    assert opened.origin == f'inner ({name}, {task})'
    data = open_dataset(folder, task)
    kind: type = PictureData if task in ('detect', 'classify', 'segment', 'anomaly') else SeriesData
    members = [one for one in vars(kind) if not one.startswith('_')] + ['task', 'origin', 'sha256']
    assert all(hasattr(data, one) for one in members) and data.task == task
    assert data.read(0) is not None and len(data.sha256) == 64
    copy = pickle.loads(pickle.dumps(data))  # what loading processes get
    assert copy.name(0) == data.name(0) and copy.read(0) is not None


def test_all_formats_are_tested():
    assert {case[0] for case in CASES} | {'parquet_series'} == set(FORMAT_NAMES)


def test_unknown_folders_say_what_was_looked_for_and_what_is_there(tmp_path):
    makers.picture(tmp_path / 'a.png')
    makers.text(tmp_path / 'b.xyz', 'x')
    error = str(refuses(tmp_path, 'is no data set that is known here'))
    assert '2 files (1 .png, 1 .xyz), such as a.png, b.xyz' in error
    assert all(f'  {name}: ' in error for name in FORMAT_NAMES)


def test_two_formats_in_one_folder(tmp_path):
    makers.yolo(tmp_path)
    makers.coco(tmp_path)
    for n in range(3):
        makers.text(tmp_path / f'labels/pic_{n}.txt', '0 0.5 0.5 0.5 0.5')
    refuses(tmp_path, 'looks like 2 formats: coco: .*; yolo: .*choose with --format coco or yolo')
    assert open_dataset(tmp_path, format_name='coco').classes == ('bolt', 'nut')
    assert len(open_dataset(tmp_path, format_name='yolo')) == 7


def test_the_task_decides_where_it_can(tmp_path):
    makers.yolo(tmp_path)
    for n in range(4):
        makers.stored(tmp_path / f'masks/frame_{n}.png', makers.pixels(n)[..., 0] // 64)
    refuses(tmp_path, 'looks like 2 formats')
    assert recognise(tmp_path, 'detect').format.NAME == 'yolo'


def test_several_sets_in_one_folder(tmp_path):
    makers.yolo(tmp_path / 'a')
    makers.image_folder(tmp_path / 'b')
    refuses(tmp_path, r'holds 2 data sets: a \(yolo\); b \(image_folder\); name one of them')


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        ({'task': 'classify'}, r'is yolo \(detect or segment\), which gives nothing for the task'),
        ({'task': 'guess'}, 'there is no task "guess"; use one of detect, classify'),
        ({'format_name': 'guess'}, 'there is no format "guess"; use one of coco, voc'),
        ({'format_name': 'coco'}, 'Looked for:\n  coco: a JSON file'),
    ],
)
def test_wrong_wishes(tmp_path, options, message):
    refuses(makers.yolo(tmp_path), message, **options)


def test_errors_name_the_whole_path_and_count_the_rest(tmp_path):
    makers.yolo(tmp_path)
    for n in range(3):
        makers.text(tmp_path / f'labels/frame_{n}.txt', 'x')
    error = str(refuses(tmp_path, 'neither class'))
    assert error.startswith(f'{tmp_path}/labels/frame_0.txt line 1: 1 values')
    assert '(2 more errors)' in error and f'dataset check {tmp_path}' in error


def test_labels_that_lead_out_of_the_folder(tmp_path):
    makers.coco(tmp_path / 'set')
    makers.picture(tmp_path / 'secret.png')
    (tmp_path / 'set/images/link.png').symlink_to(tmp_path / 'secret.png')
    for name in ('../secret.png', str(tmp_path / 'secret.png'), 'link.png'):
        makers.edit_json(tmp_path / 'set/annotations.json',
                         lambda c, name=name: c['images'][0].update(file_name=name))  # fmt: skip
        refuses(tmp_path / 'set', 'leads out of the data folder|there is no picture "link.png"')


def test_no_torch_and_no_ros_is_needed(tmp_path):
    makers.coco(tmp_path)
    code = (
        'import sys; from factory_perception.training.datasets.recognise import open_dataset; '
        f'open_dataset({json.dumps(str(tmp_path))}).read(0); '
        'heavy = {"torch", "rclpy", "sensor_msgs", "rosbags", "yaml"} & set(sys.modules); '
        'sys.exit(", ".join(heavy) or 0)'
    )
    result = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
