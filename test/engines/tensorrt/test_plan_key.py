"""The key of a plan changes with everything that makes a plan stale, and with nothing else."""

from __future__ import annotations

import dataclasses
import json

import pytest

from factory_perception.engines.engine import EngineError
from factory_perception.engines.tensorrt.device import Device
from factory_perception.engines.tensorrt.options import BuildOptions
from factory_perception.engines.tensorrt.plan_key import machine_key, plan_key
from factory_perception.engines.tensorrt.shapes import shape_ranges
from factory_perception.model_store.manifest import ModelError, TensorSpec
from test.support import publish_mean

DEVICE = Device('Orin', '8.7', 16, '12.6', '12.6', '540.4.0')
OPTIONS = BuildOptions()


@pytest.fixture
def manifest(store):
    return publish_mean(store).manifest


def key(manifest, device=DEVICE, version='10.3.0', options=OPTIONS):
    return plan_key(machine_key(device, version), manifest, 'fp32', options)


def test_the_same_things_give_the_same_key(manifest):
    assert key(manifest) == key(manifest)
    assert key(manifest).digest == key(manifest).digest
    assert key(manifest).file_stem == f'means-fp32-{key(manifest).digest}'


@pytest.mark.parametrize(
    'change',
    [
        {'name': 'Thor'},
        {'compute_capability': '8.9'},
        {'multiprocessors': 8},
        {'cuda_runtime': '13.0'},
        {'cuda_driver': '13.0'},
        {'driver_release': '540.5.0'},
    ],
)
def test_another_machine(manifest, change):
    other = key(manifest, dataclasses.replace(DEVICE, **change))
    assert other.digest != key(manifest).digest
    assert other.machine.digest != key(manifest).machine.digest


@pytest.mark.parametrize(
    'change', [{'max_batch': 2}, {'workspace_mb': 64}, {'level': 5}, {'tf32': True}]
)
def test_other_options(manifest, change):
    other = key(manifest, options=dataclasses.replace(OPTIONS, **change))
    assert other.digest != key(manifest).digest
    assert other.machine.digest == key(manifest).machine.digest  # its timings are shared


def test_another_tensorrt_operating_system_or_network(manifest, monkeypatch):
    before = key(manifest)
    assert key(manifest, version='10.3.1').digest != before.digest
    file = manifest.files['fp32.onnx']
    other = dataclasses.replace(file, sha256='0' * 64)
    changed = dataclasses.replace(manifest, files={**manifest.files, 'fp32.onnx': other})
    assert key(changed).digest != before.digest
    half = dataclasses.replace(file, name='fp16.onnx', precision='fp16')
    both = dataclasses.replace(manifest, files={**manifest.files, 'fp16.onnx': half})
    assert plan_key(before.machine, both, 'fp16', OPTIONS).digest != before.digest
    monkeypatch.setattr('platform.machine', lambda: 'riscv64')
    assert key(manifest).digest != before.digest


def test_is_read_back_from_disk_as_it_was(manifest):
    fields = key(manifest).fields()
    assert json.loads(json.dumps(fields)) == fields
    assert fields['machine']['tensorrt'] == '10.3.0'
    assert fields['shapes'] == [
        {'name': 'image', 'smallest': [1, 3, 8, 8], 'best': [1, 3, 8, 8], 'largest': [1, 3, 8, 8]}
    ]


def test_a_precision_that_the_model_does_not_hold(manifest):
    with pytest.raises(ModelError, match='no int8 file'):
        plan_key(machine_key(DEVICE, '10.3.0'), manifest, 'int8', OPTIONS)


def test_only_inputs_with_a_free_batch_have_a_range(manifest):
    fixed = TensorSpec('fixed', 'float32', (1, 4))
    changed = dataclasses.replace(manifest, inputs=(fixed, *manifest.inputs))
    (span,) = shape_ranges(changed, 4)
    assert (span.name, span.smallest, span.largest) == ('image', (1, 3, 8, 8), (4, 3, 8, 8))
    assert shape_ranges(dataclasses.replace(manifest, inputs=(fixed,)), 4) == ()


@pytest.mark.parametrize('wrong', [{'max_batch': 0}, {'workspace_mb': 0}, {'level': 6}])
def test_options_that_make_no_sense(wrong):
    with pytest.raises(EngineError, match='must be at least'):
        BuildOptions(**wrong)
