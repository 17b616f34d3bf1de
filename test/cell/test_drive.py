"""Drives: steady states by hand, stability at any stiffness, limits, heat, many at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from factory_perception.cell.drive import at_rest, DriveInputs, joined, run_drives
from factory_perception.cell.drive_model import built, drive_model


@pytest.fixture(scope='module')
def model(config):
    return drive_model(config.arm)


def constant(q, seconds=2.0, load=0.0, **effects):
    """Give inputs that hold a position."""
    shape = (round(seconds * 250), *np.shape(q))
    fill = {name: np.full(shape, value) for name, value in effects.items()}
    hold = np.broadcast_to(q, shape).copy()
    zero = np.zeros(shape)
    return DriveInputs(
        hold, zero, zero, zero, np.full(shape, 1.0) * load, np.full(shape, 1.0), **fill
    )


def moving(velocity, seconds=3.0, **effects):
    """Give inputs that move all joints at a velocity, after a soft start."""
    time = np.arange(1, round(seconds * 250) + 1) / 250
    ramp = np.clip(time / 0.5, 0, 1)
    speed = velocity * ramp * ramp * (3 - 2 * ramp)
    q = np.cumsum(speed) / 250
    rate = np.gradient(speed, 1 / 250)
    shape = (len(time), 6)
    fill = {name: np.full(shape, value) for name, value in effects.items()}
    series = [np.repeat(values[:, None], 6, 1) for values in (q, speed, rate)]
    return DriveInputs(*series, np.zeros(shape), np.zeros(shape), np.full(shape, 1.0), **fill)


def test_a_load_is_held_with_the_error_that_the_controller_needs(model):
    log = run_drives(model, at_rest(model, np.zeros(6)), constant(np.zeros(6), load=20.0))
    # Dry friction may carry any part of the load, up to its own size.
    friction = model.coulomb * (1 + model.stribeck_share)
    assert (np.abs(log.effort[-1] - 20) <= friction + 1e-6).all()
    assert np.allclose(log.effort[-1], -model.kp * log.position[-1], atol=0.05)
    assert np.abs(log.velocity[-1]).max() < 1e-6
    assert np.allclose(log.link_position[-1], log.position[-1] - 20 / model.stiffness, atol=2e-5)


@pytest.mark.parametrize('velocity', [0.5, -1.0])
def test_steady_motion_takes_coulomb_and_viscous_friction(model, velocity):
    log = run_drives(model, at_rest(model, np.zeros(6)), moving(velocity))
    expected = np.sign(velocity) * model.coulomb + velocity * model.viscous
    assert np.allclose(log.effort[-50:].mean(0), expected, rtol=0.01)


@pytest.mark.parametrize(
    'effect, value, factor',
    [('coulomb', 3.0, 'coulomb'), ('viscous', 2.0, 'viscous'), ('torque', 0.5, 'torque')],
)
def test_effects_change_what_steady_motion_takes(model, effect, value, factor):
    log = run_drives(model, at_rest(model, np.zeros(6)), moving(1.0, **{effect: value}))
    coulomb, viscous = model.coulomb, model.viscous
    expected = {
        'coulomb': value * coulomb + viscous,
        'viscous': coulomb + value * viscous,
        'torque': (coulomb + viscous) / value,
    }[factor]
    assert np.allclose(log.effort[-50:].mean(0), expected, rtol=0.01)


@pytest.mark.parametrize('stiffer', [0.1, 1.0, 1e2, 1e4])
@pytest.mark.parametrize('rougher', [1.0, 50.0])
def test_stable_at_any_stiffness_and_friction(model, stiffer, rougher):
    hard = replace(model, stiffness=model.stiffness * stiffer)
    inputs = replace(moving(1.0), inertia=np.full((750, 6), 0.002))
    log = run_drives(
        hard, at_rest(hard, np.zeros(6)), replace(inputs, coulomb=np.full((750, 6), rougher))
    )
    assert np.isfinite(log.position).all()
    assert np.abs(log.velocity).max() < 4.0
    assert np.abs(np.diff(log.velocity[-100:], axis=0)).max() < 0.05


def test_a_linear_drive_oscillates_at_the_frequency_of_its_two_masses(model):
    free = replace(
        model,
        damping=model.damping * 0,
        coulomb=model.coulomb * 0,
        viscous=model.viscous * 0,
        kp=model.kp * 0,
        kd=model.kd * 0,
        stiffness=np.full(6, 400.0),
    )
    state = at_rest(free, np.zeros(6))
    state.link_q += 0.01
    log = run_drives(free, state, constant(np.zeros(6), 2.0))
    twist = log.position - log.link_position
    for joint in range(6):
        spectrum = np.abs(np.fft.rfft(twist[:, joint] - twist[:, joint].mean(), 16384))
        found = np.argmax(spectrum) * 250 / 16384
        inertia = 1 / (1 / model.rotor[joint] + 1 / 1.0)
        assert found == pytest.approx(np.sqrt(400 / inertia) / (2 * np.pi), rel=0.03)


def test_torque_is_limited(model):
    inputs = constant(np.full(6, 1.0), 0.2)
    log = run_drives(model, at_rest(model, np.zeros(6)), inputs)
    assert (np.abs(log.effort) <= model.limit + 1e-9).all()
    assert np.allclose(log.effort[5], model.limit)


def test_play_shows_as_twist_without_torque(model):
    inputs = constant(np.zeros(6), 1.0, load=5.0, play=0.002)
    log = run_drives(model, at_rest(model, np.zeros(6)), inputs)
    twist = log.position[-1] - log.link_position[-1]
    assert np.allclose(twist, 0.002 + 5.0 / model.stiffness, atol=3e-5)


def test_brakes_hold_without_torque(model):
    inputs = replace(constant(np.zeros(6), 1.0, load=50.0), brake=np.ones(250, bool))
    log = run_drives(model, at_rest(model, np.full(6, 0.1)), inputs)
    assert not log.effort.any() and not log.velocity.any()
    assert np.allclose(log.position, 0.1, atol=model.resolution)


def test_positions_are_whole_encoder_counts(model):
    log = run_drives(model, at_rest(model, np.zeros(6)), moving(0.7, 1.0))
    counts = log.position / model.resolution
    assert np.allclose(counts, np.round(counts), atol=1e-6)
    assert model.resolution == pytest.approx(2 * np.pi / 2**19)


def test_heat_goes_to_its_equilibrium(model):
    fast = replace(
        model, thermal_j_k=np.full(6, 0.5), friction_per_k=0.0, coulomb=model.coulomb * 0
    )
    inputs = constant(np.zeros(6), 8.0, load=25.0)
    log = run_drives(fast, at_rest(fast, np.zeros(6)), inputs)
    amps = 25.0 * model.amps_per_nm
    rise = model.winding_ohm * amps**2 * model.thermal_k_w
    assert np.allclose(log.temperature_c[-1] - model.ambient_c, rise, rtol=0.02)


def test_warm_grease_is_thinner_and_a_failing_bearing_tighter(model):
    cold = run_drives(model, at_rest(model, np.zeros(6)), moving(1.0))
    warm = run_drives(model, at_rest(model, np.zeros(6), 44.0), moving(1.0))
    assert np.allclose(warm.effort[-50:].mean(0) / cold.effort[-50:].mean(0), 0.8, atol=0.02)
    hot = run_drives(model, at_rest(model, np.zeros(6)), moving(1.0, excess_c=40.0))
    assert (hot.effort[-50:].mean(0) > 1.7 * cold.effort[-50:].mean(0)).all()
    assert np.allclose(hot.temperature_c[-1] - cold.temperature_c[-1], 40, atol=1.0)


def test_many_arms_at_once_and_in_pieces_are_each_one(model):
    one = built(model, np.random.default_rng(1))
    two = built(model, np.random.default_rng(2))
    inputs = moving(0.8, 1.0)
    alone = [run_drives(m, at_rest(m, np.zeros(6)), inputs) for m in (one, two)]
    names = ['coulomb', 'viscous', 'stiffness', 'amps_per_nm']
    both = replace(one, **{n: np.stack([getattr(one, n), getattr(two, n)]) for n in names})
    wide = DriveInputs(
        *(
            np.stack([getattr(inputs, n)] * 2, 1)
            for n in ('q', 'dq', 'ddq', 'feed_forward', 'load', 'inertia')
        )
    )
    together = run_drives(both, at_rest(both, np.zeros((2, 6))), wide)
    state = at_rest(one, np.zeros(6))

    def part(rows):
        names = ('q', 'dq', 'ddq', 'feed_forward', 'load', 'inertia')
        return DriveInputs(*(getattr(inputs, name)[rows] for name in names))

    pieces = joined([run_drives(one, state, part(slice(a, a + 50))) for a in range(0, 250, 50)])
    for name in ('position', 'velocity', 'effort', 'temperature_c'):
        assert np.array_equal(getattr(together, name)[:, 0], getattr(alone[0], name))
        assert np.array_equal(getattr(together, name)[:, 1], getattr(alone[1], name))
        assert np.array_equal(getattr(pieces, name), getattr(alone[0], name))
