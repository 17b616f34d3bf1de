"""Fitting pictures into inputs, and boxes back."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
import pytest

from factory_perception.model_store.manifest import ImageRule
from factory_perception.vision.image_view import ColourImage
from factory_perception.vision.letterbox import InputWriter, Letterbox

RULES = ('letterbox', 'letterbox_top_left', 'stretch')
side = st.integers(1, 4000)


@pytest.mark.parametrize('rule, resized, offset', [
    ('letterbox', (416, 234), (0, 91)),
    ('letterbox_top_left', (416, 234), (0, 0)),
    ('stretch', (416, 416), (0, 0)),
])  # fmt: skip
def test_where_a_720p_picture_lies(rule, resized, offset):
    fit = Letterbox.fit((1280, 720), (416, 416), rule)
    assert (fit.resized_wh, fit.offset_xy) == (resized, offset)


@given(side, side, st.integers(8, 900), st.integers(8, 900), st.sampled_from(RULES))
@settings(max_examples=300, deadline=None)
def test_inverse_is_exact_for_any_size(width, height, input_width, input_height, rule):
    fit = Letterbox.fit((width, height), (input_width, input_height), rule)
    boxes = np.array([[0, 0, width, height], [width / 3, height / 4, width / 2, height / 1.5]])
    there = fit.to_input(boxes)
    assert there.min() >= -1e-3
    assert (there <= np.array([input_width, input_height] * 2) + 1e-3).all()
    assert np.allclose(fit.to_source(there), boxes, atol=1e-3 * max(width, height))


def test_boxes_are_cut_at_the_picture():
    fit = Letterbox.fit((100, 50), (100, 100), 'letterbox')
    outside = fit.to_source(np.array([[-10.0, 0.0, 150.0, 100.0]]))
    assert outside.tolist() == [[0, 0, 100, 50]]


def rule(**changes):
    values = {'colour_order': 'bgr', 'mean': (0.0,) * 3, 'std': (1.0,) * 3,
              'resize': 'letterbox', 'pad_value': 114, **changes}  # fmt: skip
    return ImageRule(**values)


def test_pads_and_normalises():
    writer = InputWriter(rule(mean=(10, 20, 30), std=(2, 4, 5)), (8, 8))
    out = np.zeros((3, 8, 8), np.float32)
    picture = np.zeros((4, 8, 3), np.uint8) + np.array([50, 60, 70], np.uint8)
    writer.write(ColourImage(picture, 'bgr'), out)
    assert np.allclose(out[:, 3, 3], [20, 10, 8])
    assert np.allclose(out[:, 0, 0], [(114 - 10) / 2, (114 - 20) / 4, (114 - 30) / 5])


@pytest.mark.parametrize('wanted', ['bgr', 'rgb'])
@pytest.mark.parametrize('order', ['bgr', 'rgb', 'grey'])
def test_colour_orders(order, wanted):
    colours = {'bgr': [1, 2, 3], 'rgb': [3, 2, 1]}
    picture = np.full((8, 8), 2, np.uint8)
    if order != 'grey':
        picture = np.zeros((8, 8, 3), np.uint8) + np.array(colours[order], np.uint8)
    out = np.zeros((3, 8, 8), np.float32)
    InputWriter(rule(colour_order=wanted), (8, 8)).write(ColourImage(picture, order), out)
    expected = [2, 2, 2] if order == 'grey' else colours[wanted]
    assert out[:, 4, 4].tolist() == expected


def test_grey_network_sees_the_same_grey_in_both_orders():
    picture = np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8)
    writer = InputWriter(rule(colour_order='grey', mean=(0.0,), std=(1.0,)), (8, 8))
    first, second = np.zeros((1, 8, 8), np.float32), np.zeros((1, 8, 8), np.float32)
    writer.write(ColourImage(picture, 'bgr'), first)
    writer.write(ColourImage(np.ascontiguousarray(picture[..., ::-1]), 'rgb'), second)
    assert np.abs(first - second).max() <= 1


def test_padding_is_clean_after_a_picture_of_another_shape():
    writer, out = InputWriter(rule(), (8, 8)), np.zeros((3, 8, 8), np.float32)
    writer.write(ColourImage(np.full((8, 8, 3), 9, np.uint8), 'bgr'), out)
    writer.write(ColourImage(np.full((4, 8, 3), 9, np.uint8), 'bgr'), out)
    assert (out[:, 0] == 114).all() and (out[:, 7] == 114).all() and (out[:, 4] == 9).all()


def test_uint8_inputs_are_written_as_they_are():
    out = np.zeros((3, 4, 4), np.uint8)
    InputWriter(rule(colour_order='rgb'), (4, 4)).write(
        ColourImage(np.zeros((4, 4, 3), np.uint8) + np.array([1, 2, 3], np.uint8), 'bgr'), out
    )
    assert out[:, 0, 0].tolist() == [3, 2, 1]


def test_a_padded_view_is_read_row_by_row():
    wide = np.random.default_rng(0).integers(0, 256, (6, 20, 3), np.uint8)
    out = np.zeros((3, 6, 8), np.float32)
    InputWriter(rule(), (8, 6)).write(ColourImage(wide[:, :8], 'bgr'), out)
    assert np.array_equal(out.transpose(1, 2, 0), wide[:, :8])
