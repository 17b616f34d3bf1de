"""Pictures and their truth: every box against a count of pixels made in another way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from factory_perception.cell.camera import camera_of
from factory_perception.cell.lens import CameraState
from factory_perception.cell.parts import CLASSES, make_part
from factory_perception.cell.renderer import Placed, Renderer, Scene
from factory_perception.cell.truth import IDS_PER_PART

STILL = CameraState(noise=0.0, blur_px=0.0)


@pytest.fixture(scope='module')
def renderer(config):
    return Renderer(config, 5)


def part(config, number, kind=None, defects=0.0):
    return make_part(config.parts, 11, number, 9.7, kind, defects)


def crowd(config):
    places = [(-0.33, 0.12), (-0.1, -0.1), (0.0, 0.12), (0.15, -0.06), (0.36, 0.05)]
    parts = [part(config, n, None, 1.0) for n in range(1, 6)]
    return Scene(tuple(Placed(one, x, y) for one, (x, y) in zip(parts, places)), 0.2)


def brute_box(mask):
    rows, columns = np.nonzero(mask)
    return [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]


def test_boxes_and_areas_are_those_of_the_masks(config, renderer):
    _, truth = renderer.render(crowd(config), STILL, with_masks=True)
    assert len(truth) >= 9
    assert truth.masks.shape == (len(truth), 480, 640)
    for index in range(len(truth)):
        assert truth.boxes_xyxy[index].tolist() == brute_box(truth.masks[index])
        assert truth.areas[index] == truth.masks[index].sum()
    assert truth.boxes_xyxy.dtype == np.float32
    assert (truth.boxes_xyxy >= 0).all()
    assert (truth.boxes_xyxy <= (640, 480, 640, 480)).all()


@pytest.mark.parametrize('number', range(1, 9))
def test_a_part_is_boxed_where_the_picture_changes(config, renderer, number):
    placed = Placed(part(config, number), 0.04 * number - 0.2, 0.03 * number - 0.12)
    picture, truth = renderer.render(Scene((placed,)), STILL)
    empty, _ = renderer.render(Scene(()), STILL)
    # Strong changes only: the shadow on the belt is not the part.
    changed = np.abs(picture.astype(int) - empty).max(2) > 45
    box = truth.boxes_xyxy[0]
    left, top, right, bottom = brute_box(changed)
    assert np.all(np.abs(np.array([left, top, right, bottom]) - box) <= 5)
    assert CLASSES[truth.class_ids[0]] == placed.part.kind


@pytest.mark.parametrize('defect', ['chip', 'stain', 'scratch', 'missing_hole'])
def test_a_defect_is_boxed_where_the_part_changes(config, renderer, defect):
    for number in range(1, 7):
        bad = part(config, number, None, defect)
        scenes = [Scene((Placed(one, -0.05, 0.06),)) for one in (bad, replace(bad, defects=()))]
        (picture, truth), (whole, _) = (renderer.render(scene, STILL) for scene in scenes)
        assert truth.class_ids.tolist() == [CLASSES.index(bad.kind), CLASSES.index(defect)]
        changed = np.abs(picture.astype(int) - whole).max(2)
        left, top, right, bottom = truth.boxes_xyxy[1].astype(int)
        inside = changed[top:bottom, left:right]
        assert np.percentile(inside, 90) > 30  # a person can see it
        outside = changed.copy()
        outside[max(top - 6, 0) : bottom + 6, max(left - 6, 0) : right + 6] = 0
        assert outside.max() < 60


def test_the_top_face_is_where_the_camera_projects_it(config, renderer):
    for x, y in [(0.0, 0.0), (0.2, 0.1), (-0.25, -0.12)]:
        flange = part(config, 3, 'flange')
        flange = replace(flange, shape=replace(flange.shape, square_mm=0.0))
        _, truth = renderer.render(Scene((Placed(flange, x, y),)), STILL)
        top = 0.7 + flange.shape.height_mm / 1000
        reach = flange.shape.radius_mm / 1000
        corners = renderer.camera.project(
            [(x - reach, y + reach, top), (x + reach, y - reach, top)]
        )
        foot = renderer.camera.project([(x - reach, y + reach, 0.7), (x + reach, y - reach, 0.7)])
        # Pixel edges are half a pixel before pixel middles; walls show on the side of the middle.
        low = np.minimum(corners[0], foot[0]) + 0.5
        high = np.maximum(corners[1], foot[1]) + 0.5
        assert np.abs(truth.boxes_xyxy[0] - [*low, *high]).max() < 1.3


def test_identities_stay_while_a_part_moves(config, renderer):
    bad = part(config, 4, 'gear', 'stain')
    seen = []
    for x in np.arange(-0.2, 0.2, 0.013):
        _, truth = renderer.render(Scene((Placed(bad, float(x), 0.02),), float(x)), STILL)
        seen.append((truth.instance_ids.tolist(), truth.part_ids.tolist()))
    assert seen == [([4 * IDS_PER_PART, 4 * IDS_PER_PART + 1], [4 * IDS_PER_PART] * 2)] * len(seen)


@pytest.mark.parametrize(
    'outside_share, expected', [(0.3, True), (0.6, True), (0.85, False), (1.2, False)]
)
def test_what_is_hardly_in_the_picture_is_left_out(config, renderer, outside_share, expected):
    flange = part(config, 3, 'flange')
    edge = 0.8 * np.tan(0.45) * (0.8 - flange.shape.height_mm / 1000) / 0.8
    radius = flange.shape.radius_mm / 1000
    x = edge - radius + 2 * radius * outside_share
    _, truth = renderer.render(Scene((Placed(flange, float(x), 0.0),)), STILL)
    assert (len(truth) == 1) == expected
    if expected:
        assert truth.boxes_xyxy[0, 2] == 640
        assert truth.visible[0] < 1 - outside_share + 0.2


def test_a_part_hidden_by_another_is_left_out(config, renderer):
    small = replace(part(config, 3, 'flange'), number=1)
    small = replace(small, shape=replace(small.shape, radius_mm=20.0, square_mm=0.0, holes=()))
    large = replace(part(config, 3, 'flange'), number=2)
    large = replace(large, shape=replace(large.shape, holes=(), square_mm=0.0, radius_mm=60.0))
    scene = Scene((Placed(small, 0.03, 0.0), Placed(large, 0.0, 0.0)))
    _, truth = renderer.render(scene, STILL)
    assert truth.instance_ids.tolist() == [2 * IDS_PER_PART]


def test_the_same_frame_is_the_same_bytes_whatever_was_drawn_before(config):
    scene, state = crowd(config), CameraState()
    first, second = Renderer(config, 5), Renderer(config, 5)
    for shift in (0.4, 0.1):
        second.render(replace(scene, travel_m=shift), state, 1)
    one, truth = first.render(scene, state, 7)
    two, again = second.render(scene, state, 7)
    assert np.array_equal(one, two)
    assert np.array_equal(truth.boxes_xyxy, again.boxes_xyxy)
    assert not np.array_equal(one, first.render(scene, state, 8)[0])


def test_a_lens_that_bends_bends_boxes_too(config):
    camera = replace(camera_of(config.camera), distortion=np.array([-0.25, 0.05, 0, 0, 0.0]))
    straight, bent = Renderer(config, 5), Renderer(config, 5, camera=camera)
    scene = Scene((Placed(part(config, 3, 'flange', 'stain'), 0.25, 0.12),))
    _, plain = straight.render(scene, STILL)
    _, truth = bent.render(scene, STILL, with_masks=True)
    assert truth.class_ids.tolist() == plain.class_ids.tolist()
    assert truth.boxes_xyxy[1].tolist() == brute_box(truth.masks[1])
    middles = plain.boxes_xyxy.reshape(-1, 2, 2).mean(1) - 0.5
    flat = straight.camera.unproject(middles, 0.72)
    expected = camera.project(flat)
    assert np.abs(truth.boxes_xyxy.reshape(-1, 2, 2).mean(1) - 0.5 - expected).max() < 2.0
    assert np.abs(middles - expected).max() > 4


def test_an_empty_belt_has_an_empty_truth(renderer):
    picture, truth = renderer.render(Scene(()), STILL, with_masks=True)
    assert picture.shape == (480, 640, 3)
    assert picture.dtype == np.uint8
    assert len(truth) == 0
    assert truth.boxes_xyxy.shape == (0, 4)
    assert truth.masks.shape == (0, 480, 640)


def test_a_single_picture_is_a_frame_of_video(config, renderer):
    # Video slides a belt that is to scale, and mixes light between places; pictures do neither.
    single = Renderer(config, 5, video=False)
    picture, truth = single.render(crowd(config), STILL)
    frame, again = renderer.render(crowd(config), STILL)
    assert np.array_equal(truth.boxes_xyxy, again.boxes_xyxy)
    change = np.abs(picture.astype(int) - frame)
    assert change.mean() < 2.0
    assert np.percentile(change, 99.5) < 16


@pytest.mark.parametrize('defect', ['stain', 'scratch', 'chip'])
def test_a_defects_box_is_tight(config, renderer, defect):
    errors = []
    for number in range(1, 9):
        bad = part(config, number, 'flange', defect)
        scenes = [Scene((Placed(one, 0.02, -0.04),)) for one in (bad, replace(bad, defects=()))]
        (picture, truth), (whole, _) = (renderer.render(scene, STILL) for scene in scenes)
        changed = np.abs(picture.astype(int) - whole).max(2) > 25
        rows, columns = np.nonzero(changed)
        # A few far pixels change with the light that a part throws on itself: leave them out.
        seen = [*np.percentile(columns, [1, 99]), *np.percentile(rows, [1, 99])]
        left, top, right, bottom = truth.boxes_xyxy[1]
        errors.append(np.abs(np.array(seen) - (left, right - 1, top, bottom - 1)))
    assert np.median(errors, axis=0).max() < 2.5
    assert np.max(errors) < 7


def test_a_defect_under_another_part_is_left_out(config, renderer):
    for number in range(1, 30):
        bad = part(config, number, 'flange', 'stain')
        far = Placed(bad, 0.2, 0.0)
        _, alone = renderer.render(Scene((far,)), STILL, with_masks=True)
        rows, columns = np.nonzero(alone.masks[1])
        # The lid's top face is at 0.73 m: put it on the line of sight.
        x, y, _ = renderer.camera.unproject([(columns.mean(), rows.mean())], 0.73)[0]
        if np.hypot(x, y) < 0.18:  # nearer to the point below the camera: in front
            break
    lid = replace(part(config, 3, 'flange'), number=99)
    shape = replace(lid.shape, radius_mm=26.0, square_mm=0.0, holes=(), height_mm=30.0)
    scene = Scene((far, Placed(replace(lid, shape=shape), float(x), float(y))))
    _, truth = renderer.render(scene, STILL)
    assert truth.class_ids.tolist() == [0, 0]
    assert truth.visible[0] < 0.9


def test_the_rails_hide_what_is_below_them(config, renderer):
    flange = part(config, 3, 'flange')
    _, free = renderer.render(Scene((Placed(flange, 0.0, 0.15),)), STILL)
    _, truth = renderer.render(Scene((Placed(flange, 0.0, 0.24),)), STILL)
    rail = renderer.camera.project([(0.0, 0.25 + 0.003, 0.7 + 0.016)])[0, 1]
    assert free.visible[0] == 1
    assert truth.visible[0] < 0.75
    assert truth.boxes_xyxy[0, 1] >= rail - 1
