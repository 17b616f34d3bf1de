"""XML label files, harmless and otherwise."""

from __future__ import annotations

import pytest

from factory_perception.training.datasets.problems import DatasetError
from factory_perception.training.datasets.safe_xml import read_xml

BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;&b;">]>
<a>&c;</a>"""
OUTSIDE = b'<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]><a>&f;</a>'


def test_elements_have_lines():
    root = read_xml(b'<a>\n <b>1</b>\n <c><d> x &lt; </d></c>\n</a>')
    assert (root.tag, root.line, root.text_of('b')) == ('a', 1, '1')
    assert root.child('c').line == 3 and root.child('c').text_of('d') == 'x <'
    assert root.child('e') is None and root.text_of('e') == ''


@pytest.mark.parametrize(
    ('data', 'message', 'line'),
    [
        (BOMB, 'declares a document type', 2),
        (OUTSIDE, 'declares a document type', 1),
        ('<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a><a/>'.encode('utf-16'),
         'declares a document type', 1),
        (b'<a>\n<b></a>', 'broken XML: mismatched tag', 2),
        (b'', 'broken XML', 1),
        (b'<a>&unknown;</a>', 'broken XML: undefined entity', 1),
        (b'<a>' * 100, 'nested too deeply', 1),
        (b' ' * (9 * 1024 * 1024), 'too many for a label file', None),
    ],
    ids=['bomb', 'outside', 'utf-16', 'mismatch', 'empty', 'entity', 'deep', 'large'],
)  # fmt: skip
def test_refuses(data, message, line):
    with pytest.raises(DatasetError, match=message) as caught:
        read_xml(data)
    assert caught.value.problem.line == line
