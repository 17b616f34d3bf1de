"""From pictures to a published detector that finds things, in seconds; and what must be refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import onnx
from onnx import numpy_helper
import pytest

from factory_perception.engines.selection import open_engine
from factory_perception.training.detection_recipe import DetectionRecipe
from factory_perception.training.evaluate_detector import evaluate_detector
from factory_perception.training.produce import Order, produce
from factory_perception.training.run_folder import RunFolder
from factory_perception.training.setting_tree import SettingsError
from factory_perception.training.settings import load_settings
from test.training.shapes import Shapes

QUICK = {'fit.epochs': '1', 'export.int8': 'false'}
LICENCE = {'model': 'Apache-2.0', 'data': 'none'}


@pytest.fixture
def make(store, tmp_path):
    def make(
        data=None,
        validation=None,
        run='run',
        resume=False,
        export_only=False,
        golden=None,
        **assignments,
    ):
        order = Order(
            'shapes', DetectionRecipe(), data or Shapes(256), validation or Shapes(48, seed=1),
            load_settings('tiny', None, assignments), store, RunFolder(tmp_path / run),
            'test', LICENCE, resume=resume, export_only=export_only, golden=golden,
        )  # fmt: skip
        lines, steps = [], []
        folder = produce(order, steps.append, lines.append)
        return folder, lines, steps

    return make


def test_learns_exports_gates_and_publishes(make, store, tmp_path):
    folder, lines, steps = make()
    assert steps[-1].losses['loss'] < 0.5 * steps[0].losses['loss']
    figures = folder.manifest.metrics
    assert figures['fp32']['map50'] > 0.85
    assert folder.manifest.precisions[:2] == ('fp32', 'fp16')
    assert abs(figures['fp16']['map50'] - figures['fp32']['map50']) < 0.002
    assert any(line.startswith('int8') for line in lines)
    assert lines[-1].startswith('promoted, shapes@1 is the champion')
    assert (folder.path / 'report' / 'index.html').is_file()
    folder.verify()
    assert store.champion('shapes') == 1
    assert evaluate_detector(folder, Shapes(32, seed=2))['map50'] > 0.8
    rows = RunFolder(tmp_path / 'run').metrics()
    assert [row['epoch'] for row in rows] == list(range(12)) and rows[-1]['validation'][
        'map50'
    ] > 0.8


def test_a_run_that_goes_on_keeps_its_size_and_tells_what_changed(make):
    small = {**QUICK, 'export.fp16': 'false'}
    make(Shapes(32), Shapes(8, seed=1), **{**small, 'model.input_wh': '[96, 64]'})
    folder, lines, steps = make(
        Shapes(32), Shapes(8, seed=1), resume=True, **{**small, 'fit.epochs': '2'}
    )
    assert lines[0] == 'pictures are fitted to 96 x 64'
    assert lines[1] == 'the run was begun otherwise: fit.epochs was 1 and is 2'
    assert folder.manifest.provenance['settings']['model']['input_wh'] == [96, 64]
    assert {step.epoch for step in steps} == {1}


def test_exported_files_keep_the_rules(make):
    folder, _, _ = make(Shapes(32), Shapes(8, seed=1), **QUICK)
    with open_engine(folder, 'onnxruntime') as engine:
        assert [str(spec) for spec in engine.outputs] == [
            'boxes float32 [batch, 252, 4]',
            'scores float32 [batch, 252, 2]',
        ]
        for batch in (1, 3):
            assert engine.warm_up(1, batch) > 0
    data = folder.read('fp32.onnx')
    assert b'detection.py' not in data  # the exporter notes where its code lies
    graph = onnx.load_from_string(data).graph
    kinds = {node.op_type for node in graph.node}
    assert not kinds & {'BatchNormalization', 'NonZero', 'NonMaxSuppression', 'Shape', 'If'}


def test_half_precision_computes_in_half_and_decodes_in_full(make):
    quick = {**QUICK, 'export.fp16_max_drop': '1.0'}
    folder, _, _ = make(Shapes(32), Shapes(8, seed=1), **quick)
    graph = onnx.load_from_string(folder.read('fp16.onnx')).graph
    weights = {t.name: t.data_type for t in graph.initializer}
    convolutions = [node for node in graph.node if node.op_type == 'Conv']
    assert convolutions
    assert all(weights[node.input[1]] == onnx.TensorProto.FLOAT16 for node in convolutions)
    types = {v.name: v.type.tensor_type.elem_type for v in graph.value_info}
    (exponential,) = [node for node in graph.node if node.op_type == 'Exp']
    assert types[exponential.output[0]] == onnx.TensorProto.FLOAT


def test_fine_tuning_starts_where_the_model_ended(make, store):
    first, _, _ = make()
    quick = {'fit.epochs': '1', 'fit.learning_rate': '0.00001', 'export.int8': 'false'}
    second, lines, _ = make(run='second', **{'model.start_from': 'shapes', **quick})
    assert second.manifest.version == 2
    assert second.manifest.metrics['fp32']['map50'] == pytest.approx(
        first.manifest.metrics['fp32']['map50'], abs=0.05
    )
    assert not any('begin afresh' in line for line in lines)


def test_a_model_is_published_anew_without_learning(make, tmp_path):
    first, _, _ = make(**{'fit.epochs': '6'})
    again = {'model.start_from': 'shapes', 'export.views': '4'}
    second, lines, steps = make(run='anew', export_only=True, **again)
    assert steps == [] and RunFolder(tmp_path / 'anew').metrics() == []
    assert 'nothing is learned: the weights of shapes@1 stay as they are' in lines
    old, new = (onnx.load_from_string(f.read('fp32.onnx')).graph for f in (first, second))
    network = [tensor for tensor in old.initializer if tensor.name.startswith('network.')]
    weights = {tensor.name: numpy_helper.to_array(tensor) for tensor in network}
    assert len(weights) > 50
    for tensor in new.initializer:
        if tensor.name in weights:
            same = numpy_helper.to_array(tensor)
            np.testing.assert_allclose(same, weights.pop(tensor.name), rtol=1e-3, atol=1e-4)
    assert not weights
    assert second.manifest.metrics['fp32']['map50'] > first.manifest.metrics['fp32']['map50'] - 0.02
    assert second.manifest.licence == LICENCE
    assert (second.path / 'report' / 'index.html').is_file()
    with open_engine(second, 'onnxruntime') as engine:
        assert [spec.shape[1:] for spec in engine.outputs] == [(252, 4), (252, 2)]


def test_what_is_small_needs_no_coarse_cells(make):
    make(**{'fit.epochs': '8', 'export.int8': 'false'})
    small = {'model.start_from': 'shapes', 'model.coarsest_stride': '16', 'fit.epochs': '2',
             'fit.keep_start': '0.5', 'model.input_wh': '[144, 112]'}  # fmt: skip
    folder, lines, _ = make(run='second', **small)
    assert not any('begin afresh' in line for line in lines)  # it is a part of the larger network
    assert folder.manifest.metrics['fp32']['map50'] > 0.7
    names = [t.name for t in onnx.load_from_string(folder.read('fp32.onnx')).graph.initializer]
    assert not any('stages.3' in name or 'heads.2' in name for name in names)
    with open_engine(folder, 'onnxruntime') as engine:
        assert [spec.shape[1:] for spec in engine.outputs] == [(315, 4), (315, 2)]
    with pytest.raises(SettingsError, match='must be multiples of 32'):
        make(run='third', **{'model.input_wh': '[144, 112]'})


class Renamed(Shapes):
    """The same shapes, their classes in another order."""

    classes = ('disc', 'box')

    def read(self, index):
        example = super().read(index)
        swapped = replace(example.boxes, class_ids=1 - example.boxes.class_ids)
        return replace(example, boxes=swapped)


class Strange(Shapes):
    classes = ('box', 'ring')


def test_what_is_published_anew_keeps_its_classes(make):
    first, _, _ = make(**{'fit.epochs': '6', 'export.int8': 'false'})
    quick = {'model.start_from': 'shapes', 'export.int8': 'false'}
    data, golden = (Renamed(32), Renamed(48, seed=1)), Renamed(48, seed=3)
    second, lines, _ = make(*data, run='anew', export_only=True, golden=golden, **quick)
    assert lines[-1].startswith('promoted, shapes@2')  # with its classes mixed up it would be worse
    assert second.manifest.provenance['promotion']['comparison']['figures']['map50']['second'][
        'value'
    ] == pytest.approx(first.manifest.metrics['fp32']['map50'], abs=0.1)
    assert second.manifest.classes == ('box', 'disc')
    assert second.manifest.metrics['fp32']['map50'] == pytest.approx(
        first.manifest.metrics['fp32']['map50'], abs=0.02
    )
    with pytest.raises(SettingsError, match=r'classes ring, which shapes@\d does not know'):
        make(Strange(8), Strange(8), run='strange', export_only=True, **quick)


def test_what_cannot_be_published_without_learning_is_refused(make):
    with pytest.raises(SettingsError, match='say --from'):
        make(export_only=True)
    make(Shapes(32), Shapes(8, seed=1), **QUICK)
    start = {'model.start_from': 'shapes@1'}
    with pytest.raises(SettingsError, match='holds a training: give another --run-dir'):
        make(export_only=True, **start)
    for key, value in (('size', 's'), ('coarsest_stride', '16'), ('template', 'true')):
        with pytest.raises(SettingsError, match=rf'shapes@1 has model\.{key}'):
            make(run='anew', export_only=True, **start, **{f'model.{key}': value})


def test_shuffled_labels_cost_what_they_should(make):
    class Shuffled(Shapes):
        def read(self, index):
            example = super().read(index)
            rng = np.random.default_rng([9, index])
            wild = rng.uniform(0, 60, example.boxes.boxes_xyxy.shape).astype(np.float32)
            wild[:, 2:] = wild[:, :2] + 20
            return replace(example, boxes=example.boxes.with_boxes(wild))

    folder, _, _ = make(Shuffled(128), **{'fit.epochs': '4', 'export.int8': 'false'})
    assert folder.manifest.metrics['fp32']['map50'] < 0.2
