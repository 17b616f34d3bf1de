"""Reports on every task: plain sentences, no script, nothing loaded, all numbers beside them."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
import json

import pytest

from factory_perception.training.datasets.problems import Problem
from factory_perception.training.gate import Verdict
from factory_perception.training.report.build import build_report
from factory_perception.training.report.folder import write_report
from factory_perception.training.report.page import page
from test.training.report.samples import evidence

TASKS = ('detect', 'classify', 'segment')


class Checker(HTMLParser):
    """Notes what a browser would load or run, and whether every element is closed."""

    VOID = ('meta', 'img', 'path', 'circle', 'rect', 'br')

    def __init__(self):
        super().__init__()
        self.open, self.bad, self.text = [], [], []

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            loads = name in ('src', 'href') and not value.startswith(('data:image/', '#'))
            if loads or name.startswith('on') or tag in ('script', 'iframe', 'link', 'object'):
                self.bad.append((tag, name, value))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def read(html):
    checker = Checker()
    checker.feed(html)
    assert not checker.open and not checker.bad
    return ' '.join(checker.text)


@pytest.mark.parametrize('task', TASKS)
def test_a_page_for_every_task(task, tmp_path):
    path = write_report(build_report(evidence(task)), tmp_path / 'report')
    html = path.read_text()
    text = read(html)
    assert 'Left out' not in text.replace('Left out: no validation picture', '')
    assert 'nan' not in html.lower().split()
    for question in ('What was trained', 'How good it is', 'What to do next', 'Takes over'):
        assert question in text
    numbers = json.loads((tmp_path / 'report' / 'report.json').read_text())
    keys = ('figures', 'baseline', 'precisions', 'losses', 'precision_recall', 'roc', 'confusion',
            'scores', 'reliability', 'features', 'worst', 'examples', 'run')  # fmt: skip
    assert set(keys) <= set(numbers['figures'])
    metric = evidence(task).metric
    shown = numbers['figures']['figures'][metric]
    assert shown['low'] <= shown['value'] <= shown['high']


def test_what_is_absent_is_said():
    lacking = evidence(
        rows=(), baseline=None, train_features=None, problems=None, unchecked='it is drawn'
    )
    text = read(page(build_report(lacking)))
    for why in ('holds no metrics', 'no rule without learning', 'too few examples', 'it is drawn'):
        assert why in text


def test_names_from_data_are_only_shown():
    wild = evidence()
    wild = replace(wild, answers=replace(wild.answers, classes=('<script>x()</script>', '"disc')))
    wild = replace(wild, problems=[Problem('size', '<b>x', file='a"><img src=http://e>')])
    html = page(build_report(wild))
    assert '<script' not in html and '<b>x' not in html and '<img src=http' not in html
    read(html)


def test_a_refusal_is_seen_at_once():
    made = evidence()
    refused = replace(made.decision, promoted=False, reason='it is worse than shapes@1')
    text = read(page(build_report(replace(made, decision=refused))))
    assert text.count('it is worse than shapes@1') == 2
    assert 'Not promoted' in text


def test_advice_follows_from_the_figures():
    made = evidence(problems=[Problem('size', 'is broken', 'label it again', 'a.png')])
    (advice,) = [said for question, said in build_report(made).points if 'next' in question]
    assert 'a.png: is broken; label it again' in advice[0]
    assert any('Train longer' in one for one in advice)


def test_every_precision_has_a_row():
    made = evidence(verdicts=[Verdict('fp16', True, 'fine'), Verdict('int8', False, 'too coarse')])
    rows = build_report(made).numbers()['figures']['precisions']
    assert [(row['precision'], row['verdict'], row['reason']) for row in rows] == [
        ('fp32', 'kept', 'reference'), ('fp16', 'kept', 'fine'), ('int8', 'left out', 'too coarse'),
    ]  # fmt: skip


def test_a_better_threshold_is_named():
    """The samples report junk below 0.6 and find true boxes above 0.5."""
    made = evidence()
    low = replace(made, answers=replace(made.answers, threshold=0.05))
    (advice,) = [said for question, said in build_report(low).points if 'next' in question]
    (sentence,) = [one for one in advice if 'instead of 0.05' in one]
    best = float(sentence.split('threshold of ')[1].split(' ')[0])
    assert 0.4 < best < 0.65
    fine = replace(made, answers=replace(made.answers, threshold=best))
    (advice,) = [said for question, said in build_report(fine).points if 'next' in question]
    assert not any('threshold of' in one for one in advice)


def test_many_problems_of_one_kind_leave_room_for_others():
    many = [
        Problem('alike', f'looks like {i}', file=f'{i}.png', severity='note') for i in range(40)
    ]
    many.append(Problem('size', 'is tiny', file='z.png', severity='note'))
    rows = build_report(evidence(problems=many)).numbers()['figures']['problems']
    assert len(rows) == 5 and rows[-1]['file'] == 'z.png'
