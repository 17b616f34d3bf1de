"""What ``dataset check`` finds."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from factory_perception.training.datasets.audit import audit
from factory_perception.training.datasets.preview import preview
from test.conftest import data_folder
from test.training.datasets import makers
from test.training.datasets.support import edited


def kinds(found):
    return {(problem.kind, problem.severity) for problem in found.problems}


def line(name, text, n=1):
    return lambda f: edited(f / f'labels/frame_{n}.txt', lambda t: t + text + '\n')


def yolo(folder):
    return makers.yolo(folder, 6)


CASES = {
    'clean': (yolo, lambda f: None, None),
    'broken picture': (yolo, lambda f: makers.text(f / 'images/frame_1.png', 'x'),
                       ('picture', 'error', 'images/frame_1.png', None)),
    'box outside': (yolo, line(0, '0 0.95 0.5 0.5 0.5'),
                    ('box-outside', 'error', 'labels/frame_1.txt', 2)),
    'box cut': (yolo, line(0, '0 0.9 0.5 0.22 0.5'), ('box-cut', 'note', 'labels/frame_1.txt', 2)),
    'degenerate box': (yolo, line(0, '0 0.5 0.5 0 0.5'),
                       ('box-degenerate', 'error', 'labels/frame_1.txt', 2)),
    'double box': (yolo, line(0, '1 0.5 0.5 0.5 0.25'),
                   ('box-double', 'warning', 'labels/frame_1.txt', 2)),
    'two classes for a box': (yolo, line(0, '0 0.5 0.5 0.5 0.25'),
                              ('label-conflict', 'warning', 'labels/frame_1.txt', 2)),
    'tiny box': (yolo, line(0, '0 0.5 0.2 0.02 0.02'),
                 ('box-tiny', 'warning', 'images/frame_1.png', None)),
    'unknown class': (yolo, line(0, '7 0.5 0.2 0.2 0.02'),
                      ('unknown-class', 'error', 'labels/frame_1.txt', 2)),
    'no label file': (yolo, lambda f: (f / 'labels/frame_3.txt').unlink(),
                      ('label-missing', 'warning', 'images/frame_3.png', None)),
    'no picture': (yolo, lambda f: (f / 'images/frame_3.png').unlink(),
                   ('picture-missing', 'error', 'labels/frame_3.txt', None)),
    'empty class': (yolo, lambda f: makers.text(f / 'data.yaml', 'names: [cup, lid, tin]'),
                    ('class-empty', 'warning', '', None)),
    'spelling': (yolo, lambda f: makers.text(f / 'data.yaml', 'names: [cup, Cup_]'),
                 ('class-names', 'warning', '', None)),
    'copy': (yolo, lambda f: makers.picture(f / 'images/frame_2.png', 0),
             ('copy', 'warning', 'images/frame_2.png', None)),
    'copy with other labels': (lambda f: makers.text(yolo(f) / 'val.txt', 'frame_5'),
                               lambda f: makers.picture(f / 'images/frame_1.png', 0),
                               ('label-conflict', 'warning', 'images/frame_1.png', None)),
    'mixed sizes': (yolo, lambda f: makers.picture(f / 'images/frame_1.png', 1, 90, 70),
                    ('size-mixed', 'note', '', None)),
    'small': (yolo, lambda f: makers.picture(f / 'images/frame_1.png', 1, 20, 20),
              ('picture-tiny', 'note', 'images/frame_1.png', None)),
    'one grey': (yolo, lambda f: makers.stored(f / 'images/frame_1.png', makers.pixels(1)[..., 0]),
                 ('grey', 'warning', 'images/frame_1.png', None)),
    'alpha': (yolo, lambda f: makers.stored(f / 'images/frame_1.png', np.dstack(
        [makers.pixels(1), makers.pixels(2)[..., 0]])),
              ('alpha', 'note', 'images/frame_1.png', None)),
    '16 bits': (yolo, lambda f: makers.stored(f / 'images/frame_1.png',
                                              makers.pixels(1).astype(np.uint16) * 257),
                ('depth', 'note', 'images/frame_1.png', None)),
    '12 bits of 16': (yolo, lambda f: makers.stored(f / 'images/frame_1.png',
                                                    makers.pixels(1).astype(np.uint16) * 16),
                      ('depth', 'error', 'images/frame_1.png', None)),
    'a leak': (yolo, lambda f: [
        makers.picture(f / 'images/frame_5.png', 1),
        makers.text(f / 'train.txt', 'frame_0\nframe_1\nframe_2\nframe_3'),
        makers.text(f / 'val.txt', 'frame_4\nframe_5')],
        ('leak', 'error', 'images/frame_5.png', None)),
    'class only in val': (yolo, lambda f: [
        makers.text(f / 'train.txt', 'frame_0\nframe_2'), makers.text(f / 'val.txt', 'frame_1')],
        ('class-missing', 'error', '', None)),
    'one class': (lambda f: makers.image_folder(f, ('good', 'bad'), 6),
                  lambda f: [path.unlink() for path in (f / 'bad').glob('*')],
                  ('one-class', 'error', '', None)),
    'label conflict': (makers.image_folder, lambda f: makers.picture(f / 'dog/dog_0.png', 3),
                       ('label-conflict', 'error', 'dog/dog_0.png', None)),
    'unbalanced': (lambda f: makers.image_folder(f, ('a', 'b'), 45),
                   lambda f: [path.unlink() for path in sorted((f / 'b').glob('*'))[2:]],
                   ('class-balance', 'warning', '', None)),
    'nothing labelled': (lambda f: makers.coco(f, 2), lambda f: makers.edit_json(
        f / 'annotations.json', lambda c: c.update(annotations=[])),
        ('one-class', 'error', '', None)),
    'no faulty picture': (makers.mvtec, lambda f: [path.unlink() for path in
                                                   (f / 'test/hole').glob('*')],
                          ('one-class', 'warning', '', None)),
    'mask size': (makers.masks, lambda f: makers.stored(f / 'masks/cut_1.png',
                                                        np.zeros((5, 5), np.uint8)),
                  ('mask-size', 'error', 'masks/cut_1.png', None)),
    'template': (makers.deeppcb, lambda f: makers.text(f / 'images/10000000_temp.png', 'x'),
                 ('template', 'error', 'images/10000000_temp.png', None)),
    'a link': (yolo, lambda f: (f / 'images/out.png').symlink_to('/etc/hostname'),
               ('link', 'warning', 'images/out.png', None)),
    'bad xml': (makers.voc, lambda f: makers.text(f / 'annotations/part_1.xml', '<!DOCTYPE a><a/>'),
                ('xml', 'error', 'annotations/part_1.xml', 1)),
}  # fmt: skip


@pytest.mark.parametrize(('make', 'spoil', 'expected'), CASES.values(), ids=CASES.keys())
def test_pictures(tmp_path, make, spoil, expected):
    make(tmp_path / 'set')
    clean = {(p.kind, p.severity, p.file, p.line) for p in audit(tmp_path / 'set').problems}
    spoil(tmp_path / 'set')
    found = audit(tmp_path / 'set')
    seen = {(p.kind, p.severity, p.file, p.line) for p in found.problems}
    if expected is None:
        assert seen == clean and not found.errors()
    else:
        assert expected in seen - clean
        assert bool(found.errors()) == (expected[1] == 'error')
    assert all(problem.text and (problem.mend or problem.severity == 'note')
               for problem in found.problems)  # fmt: skip


def test_counts(tmp_path):
    makers.yolo(tmp_path, 6)
    makers.text(tmp_path / 'train.txt', 'frame_0\nframe_1\nframe_2')
    makers.text(tmp_path / 'val.txt', 'frame_3\nframe_4')
    found = audit(tmp_path)
    assert found.counts == {'cup': {'all': 3, 'train': 2, 'val': 1},
                            'lid': {'all': 3, 'train': 1, 'val': 1}}  # fmt: skip
    assert found.facts['sizes'] == '60 x 40 (6)' and found.facts['pictures'] == '6'
    assert audit(makers.masks(tmp_path / 'm')).counts['object']['all'] == 4
    assert audit(makers.mvtec(tmp_path / 'v')).counts['anomalous']['test'] == 2
    assert json.loads(json.dumps(found.as_json()))['parts'] == {'train': 3, 'val': 2}


def test_what_skipping_leaves_out(tmp_path):
    makers.yolo(tmp_path, 6)
    makers.text(tmp_path / 'images/frame_1.png', 'x')
    line(0, 'words', 2)(tmp_path)
    found = audit(tmp_path)
    assert sorted(found.skippable) == ['images/frame_1.png', 'images/frame_2.png']
    assert len(found.errors()) == 2 and not found.errors(skip_bad=True)
    makers.text(tmp_path / 'train.txt', 'frame_0\nframe_3')
    makers.text(tmp_path / 'val.txt', 'frame_0\nframe_4')
    assert [p.kind for p in audit(tmp_path).errors(skip_bad=True)] == ['two-parts']


def test_a_set_in_which_everything_is_wrong_is_listed(tmp_path):
    makers.yolo(tmp_path, 3)
    for n in range(3):
        makers.text(tmp_path / f'labels/frame_{n}.txt', '0 371 200 50 50')
    found = audit(tmp_path)
    wrong = [problem for problem in found.errors() if problem.kind == 'box-outside']
    assert [problem.file for problem in wrong] == [f'labels/frame_{n}.txt' for n in range(3)]
    assert 'x is 371, outside 0..1; give shares of the picture' in wrong[0].describe()


def test_a_list_is_checked_too(tmp_path):
    own = makers.text(tmp_path / 'mine.txt', 'frame_0\nframe_77\n')
    found = audit(makers.yolo(tmp_path / 'set'), split=own)
    assert found.counts['cup']['mine'] == 1
    assert ('list-name', 'error') in kinds(found)


def joints(change):
    def spoil(folder):
        path = folder / 'run1.csv'
        rows = [row.split(',') for row in path.read_text().split()]
        path.write_text('\n'.join(','.join(row) for row in change(rows)) + '\n')

    return spoil


SERIES = {
    'clean': (lambda f: None, None),
    'gap': (joints(lambda r: r[:20] + r[35:]), ('gap', 'warning')),
    'double time': (joints(lambda r: [*r[:20], [r[19][0], *r[20][1:]], *r[21:]]),
                    ('time-double', 'warning')),
    'missing': (joints(lambda r: r[:20] + [[row[0], '', *row[2:]] for row in r[20:]]),
                ('absent', 'warning')),
    'backwards': (joints(lambda r: r[:1] + r[:0:-1]), ('time', 'error')),
    'broken': (joints(lambda r: [*r[:20], r[20][:-1], *r[21:]]), ('columns', 'error')),
    'copy': (lambda f: (f / 'run2.csv').write_bytes((f / 'run0.csv').read_bytes()), None),
    'other joints': (joints(lambda r: [['t_s', 'hand', *r[0][2:]], *r[1:]]),
                     ('joints-mixed', 'warning')),
    'other rate': (joints(lambda r: r[:1] + [[str(float(row[0]) * 2), *row[1:]] for row in r[1:]]),
                   ('rate-mixed', 'warning')),
    'not labelled': (joints(lambda r: [row[:-1] for row in r]), ('label-missing', 'warning')),
    'repeated': (joints(lambda r: r[:1] + [[row[0], *r[n - n % 3 // 2][1:]] for n, row
                                           in enumerate(r) if n]), ('repeated', 'note')),
}  # fmt: skip


@pytest.mark.parametrize(('spoil', 'expected'), SERIES.values(), ids=SERIES.keys())
def test_series(tmp_path, spoil, expected):
    makers.joint_csv(tmp_path, 6)
    clean = kinds(audit(tmp_path))
    spoil(tmp_path)
    found = audit(tmp_path)
    if expected:
        assert expected in kinds(found) - clean
        assert bool(found.errors()) == (expected[1] == 'error')
        assert not found.errors(skip_bad=True)
    elif (tmp_path / 'run2.csv').read_bytes() == (tmp_path / 'run0.csv').read_bytes():
        assert {('copy', 'warning'), ('leak', 'error')} & kinds(found)
    else:
        assert not found.errors()
    assert found.facts['joints'] and found.facts['rate']


def test_a_recording_in_two_parts(tmp_path):
    makers.joint_csv(tmp_path, 3)
    (tmp_path / 'run2.csv').write_bytes((tmp_path / 'run0.csv').read_bytes())
    makers.text(tmp_path / 'train.txt', 'run0\nrun1')
    makers.text(tmp_path / 'val.txt', 'run2')
    [problem] = [p for p in audit(tmp_path).problems if p.kind == 'leak']
    assert problem.text == 'run2 in val is the same recording as run0 in train'


def test_one_recording_has_no_validation_data(tmp_path):
    makers.npz_series(tmp_path, 1)
    assert ('parts', 'warning') in kinds(audit(tmp_path))


def shown(found):
    sheet = cv2.imdecode(np.frombuffer(preview(found.opened, found.skippable), np.uint8), -1)
    return np.asarray(sheet)


@pytest.mark.parametrize('make', [makers.coco, makers.deeppcb, makers.image_folder, makers.mvtec,
                                  makers.masks, makers.idx, makers.joint_csv, makers.bearing,
                                  makers.run_tables, makers.ur3_log, makers.bag])  # fmt: skip
def test_previews_are_drawn(tmp_path, make):
    make(tmp_path / 'set')
    sheet = shown(audit(tmp_path / 'set'))
    assert sheet.ndim == 3 and sheet.shape[0] > 200 and sheet.shape[1] > 300
    assert sheet.std() > 10


def test_previews_show_labels_and_leave_out_what_is_broken(tmp_path):
    makers.yolo(tmp_path, 4)
    for n in range(4):
        makers.stored(tmp_path / f'images/frame_{n}.png', np.full((40, 60, 3), 90 + n, np.uint8))
    makers.text(tmp_path / 'images/frame_1.png', 'x')
    sheet = shown(audit(tmp_path))
    # the first of two classes is drawn in pure green tones: its frame and its legend are there
    green = (sheet[..., 1] > 200) & (sheet[..., 2] < 190) & (sheet[..., 0] < 120)
    assert green[60:].sum() > 300


@pytest.mark.parametrize(
    ('name', 'errors', 'expected'),
    [
        ('deeppcb', 0, {('alike', 'note'), ('grey', 'note')}),
        ('neu_det', 0, {('leak', 'warning'), ('label-conflict', 'warning'),
                        ('box-double', 'warning'), ('grey', 'note')}),
        ('armpi_joint_faults', 0, {('misread', 'note'), ('gap', 'warning')}),
        ('armpi_motor_condition', 0, {('label-suspect', 'warning'), ('label-missing', 'warning'),
                                      ('misread', 'note'), ('gap', 'warning'),
                                      ('class-few', 'warning')}),
        ('ur3_cobotops', 0, set()),
        ('robot_execution_failures', 0, {('class-few', 'warning')}),
    ],
)  # fmt: skip
def test_real_sets(name, errors, expected):
    found = audit(data_folder(name))
    assert len(found.errors()) == errors and kinds(found) == expected


def test_the_twins_of_neu_det_are_found():
    found = audit(data_folder('neu_det'))
    texts = {problem.kind: problem.describe() for problem in found.problems}
    assert texts['leak'].startswith(
        'images/inclusion_210.jpg: in val, looks like images/inclusion_188.jpg in train'
    )
    assert texts['label-conflict'].startswith(
        'images/patches_105.jpg: is the same picture as images/patches_101.jpg, but has other'
    )
