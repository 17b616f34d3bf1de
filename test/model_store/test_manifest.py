"""The manifest reader, on what it must refuse and on what nobody would write."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from factory_perception.model_store.manifest import ModelError, parse_manifest
from test.support import mean_manifest


def whole(**changes):
    files = {'fp32.onnx': {'sha256': '0' * 64, 'bytes': 1, 'precision': 'fp32', 'opset': 17}}
    return {'manifest_version': 1, 'version': 3, 'files': files, **mean_manifest(), **changes}


def test_reads_what_was_written():
    manifest = parse_manifest(json.dumps(whole()).encode(), 'here')
    assert (manifest.name, manifest.version, manifest.task) == ('means', 3, 'classify')
    assert manifest.inputs[0].shape == (None, 3, 8, 8)
    assert manifest.inputs[0].sized(2) == (2, 3, 8, 8)
    assert str(manifest.inputs[0]) == 'image float32 [batch, 3, 8, 8]'
    assert manifest.image_rules['image'].resize == 'stretch'
    assert manifest.precisions == ('fp32',)
    with pytest.raises(ModelError, match='no fp16 file'):
        manifest.onnx_file('fp16')


@pytest.mark.parametrize(
    'changes, text',
    [
        ({'manifest_version': 2}, 'manifest_version 2, this package reads 1'),
        ({'manifest_version': True}, 'manifest_version True'),
        ({'name': '../../etc'}, "name: '../../etc' does not match"),
        ({'version': 0}, 'version: 0 is less than'),
        ({'task': 'dance'}, "task: 'dance' is not one of"),
        ({'files': {}}, "files: 'fp32.onnx' is a required property"),
        ({'files': {'../x.onnx': {'sha256': '0' * 64, 'bytes': 1}}}, 'files'),
        ({'classes': ['a', 'a', 'b']}, 'classes'),
        ({'surprise': 1}, 'surprise'),
    ],
)
def test_refuses_with_the_place_and_the_reason(changes, text):
    with pytest.raises(ModelError, match=text):
        parse_manifest(json.dumps(whole(**changes)).encode(), 'here')


def test_image_input_must_fit_its_colours():
    content = whole()
    content['inputs'][0]['shape'] = ['batch', 1, 8, 8]
    with pytest.raises(ModelError, match=r'\[batch, 3, height, width\]'):
        parse_manifest(json.dumps(content).encode(), 'here')


@pytest.mark.parametrize('data', [b'', b'{', b'\xff\xfe', b'[]', b'null', b'"x"', b'[' * 100_000])
def test_refuses_what_is_no_manifest(data):
    with pytest.raises(ModelError, match='here'):
        parse_manifest(data, 'here')


leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
anything = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(st.sampled_from(sorted(whole())), anything)
@settings(max_examples=300, deadline=None)
def test_any_value_in_any_place_is_read_or_refused(key, value):
    try:
        manifest = parse_manifest(json.dumps(whole(**{key: value})).encode(), 'here')
    except ModelError as error:
        assert 'here' in str(error)
    else:
        assert manifest.name and manifest.version >= 1


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_refused(data):
    with pytest.raises(ModelError):
        parse_manifest(data, 'here')
