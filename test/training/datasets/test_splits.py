"""Parts by lists, by folders, or made."""

from __future__ import annotations

import pytest

from factory_perception.training.datasets.opened import open_whole
from factory_perception.training.datasets.part_names import part_of_folder, part_of_path, split_word
from factory_perception.training.datasets.recognise import open_dataset
from test.training.datasets import makers
from test.training.datasets.support import refuses, skips


@pytest.mark.parametrize(
    ('name', 'word'),
    [('train', 'train'), ('instances_val2017', 'val'), ('VALID', 'val'), ('a/test', 'test'),
     ('trainval_official', 'trainval'), ('latest', ''), ('strainer', ''), ('a/train/x', 'train')],
)  # fmt: skip
def test_words(name, word):
    assert split_word(name) == word


def test_folders_that_are_parts():
    assert [part_of_folder(name) for name in ('Train', 'validation', 'train2017', 'cats')] == [
        'train', 'val', '', ''
    ]  # fmt: skip


@pytest.mark.parametrize(
    ('folders', 'part'),
    [
        ('images/train2017', 'train'), ('valid/images', 'val'), ('Test', 'test'), ('', ''),
        ('test_rig/images', ''), ('images/the train', ''), ('contest', ''),
    ],
)  # fmt: skip
def test_paths(folders, part):
    assert part_of_path(folders) == part


def test_a_test_rig_is_no_part(tmp_path):
    makers.yolo(tmp_path / 'test_rig')
    makers.yolo(tmp_path / 'other_rig')
    makers.text(tmp_path / 'data.yaml', 'names: [a, b]')
    assert 'test' not in open_whole(tmp_path).splits.members


LISTS = {
    'names': 'frame_0.png\nframe_2.png',
    'stems': 'frame_0\nframe_2',
    'paths': 'images/frame_0.png\nimages/frame_2.png',
    'other machine': '/home/me/set/images/frame_0.png\n./images/frame_2.png',
    'two columns': 'frame_0.png labels/frame_0.txt\nframe_2.png labels/frame_2.txt',
    'comments': '# mine\nframe_0\n\nframe_2\n',
    'windows': 'images\\frame_0.png\r\nimages\\frame_2.png\r\n',
}


@pytest.mark.parametrize('content', LISTS.values(), ids=LISTS.keys())
def test_list_files(tmp_path, content):
    makers.yolo(tmp_path / 'set')
    own = makers.text(tmp_path / 'mine.txt', content)
    data = open_dataset(tmp_path / 'set', split=own)
    assert [data.name(n) for n in range(len(data))] == ['images/frame_0.png', 'images/frame_2.png']
    assert 'the list mine.txt' in data.origin and str(tmp_path) not in data.origin
    assert len(open_dataset(tmp_path / 'set', split=str(own))) == 2
    makers.text(tmp_path / 'set/odd.txt', content)
    assert len(open_dataset(tmp_path / 'set', split='odd.txt')) == 2


def test_lists_in_the_set(tmp_path):
    makers.yolo(tmp_path)
    for name, content in (('train', 'frame_0\nframe_1'), ('valid', 'frame_2'),
                          ('test_night', 'frame_3')):  # fmt: skip
        makers.text(tmp_path / f'{name}.txt', content)
    sizes = {part: len(places) for part, places in open_whole(tmp_path).splits.members.items()}
    assert sizes == {'train': 2, 'val': 1, 'test_night': 1}
    assert open_dataset(tmp_path, split='test_night').name(0) == 'images/frame_3.png'


def test_a_missing_train_is_the_rest_and_a_missing_val_is_made(tmp_path):
    makers.text(makers.yolo(tmp_path, 20) / 'test.txt', 'frame_3\nframe_4')
    sizes = {part: len(places) for part, places in open_whole(tmp_path).splits.members.items()}
    assert sizes == {'test': 2, 'train': 14, 'val': 4}
    places = open_whole(tmp_path).splits.members
    assert sorted(place for row in places.values() for place in row) == list(range(20))


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        ('frame_0\nframe_9', r'val.txt line 2: there is no picture with labels named "frame_9"'),
        (b'\xff\xfe', r'val.txt line 1: is no UTF-8 text'),
    ],
)
def test_bad_lists(tmp_path, content, message):
    path = makers.yolo(tmp_path) / 'val.txt'
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    refuses(tmp_path, message)


def test_bad_names_in_a_list_can_be_skipped(tmp_path):
    makers.text(makers.yolo(tmp_path) / 'val.txt', 'frame_0\nframe_9\nframe_0')
    data = skips(tmp_path, 1, split='val')
    assert len(data) == 1 and any(problem.kind == 'list-double' for problem in data.problems)


def test_ambiguous_names(tmp_path):
    for part in ('a', 'b'):
        makers.picture(tmp_path / f'images/{part}/x.png', 1 + (part == 'b'))
        makers.text(tmp_path / f'labels/{part}/x.txt', '0 0.5 0.5 0.5 0.5')
    makers.text(tmp_path / 'one.txt', 'x.png')
    refuses(tmp_path, r'one.txt line 1: "x.png" could be 2 pictures', split='one.txt')
    makers.text(tmp_path / 'one.txt', 'images/b/x.png')
    assert open_dataset(tmp_path, split='one.txt').name(0) == 'images/b/x.png'


def test_one_picture_in_two_parts(tmp_path):
    makers.yolo(tmp_path)
    makers.text(tmp_path / 'train.txt', 'frame_0\nframe_1')
    makers.text(tmp_path / 'val.txt', 'frame_1\nframe_2')
    for skip_bad in (False, True):
        refuses(tmp_path, r'frame_1.png and 0 others are in train and in val', skip_bad=skip_bad)


def test_texts_that_are_no_lists(tmp_path):
    makers.text(makers.yolo(tmp_path) / 'train_log.txt', 'epoch 1\nepoch 2\n')
    data = open_dataset(tmp_path)
    assert [problem.kind for problem in data.problems] == ['list-other']


def test_unknown_parts(tmp_path):
    refuses(
        makers.yolo(tmp_path), r'has no part "tets".*use train \(3\), val \(1\), or', split='tets'
    )
    refuses(tmp_path, 'there is no list file', split='gone.txt')
    makers.text(tmp_path / 'none.txt', '# nothing\n')
    refuses(tmp_path, r'in the list none.txt nothing is left', split='none.txt')


def test_series_are_divided_by_recording(tmp_path):
    makers.joint_csv(tmp_path, 12)
    train, val = (open_dataset(tmp_path, split=part) for part in ('train', 'val'))
    names = [{data.name(n) for n in range(len(data))} for data in (train, val)]
    assert not names[0] & names[1] and len(names[0] | names[1]) == 12 and 2 <= len(names[1]) <= 3
    makers.text(tmp_path / 'mine.txt', 'run3\nrun7.csv')
    mine = open_dataset(tmp_path, split='mine.txt')
    assert [mine.name(n) for n in range(2)] == ['run3', 'run7']
