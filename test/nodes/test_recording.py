"""A real recording of the cell, held against the truth in it."""

from __future__ import annotations

import pytest
from rclpy.parameter import Parameter

from factory_perception.cli.evaluate_bag import evaluate_bag
from factory_perception.nodes.cell import CellNode
from factory_perception.nodes.detector import DetectorNode
from test.nodes.conftest import wait_for
from test.recorder import Recorder


@pytest.mark.slow
def test_a_real_recording_of_the_cell(ros, tmp_path, shipped_parts):
    values = {'faults': 'none', 'seed': 3}
    overrides = [Parameter(name, value=value) for name, value in values.items()]
    ros.add(CellNode(context=ros.context, parameter_overrides=overrides))
    ros.add(
        DetectorNode(
            context=ros.context,
            parameter_overrides=[Parameter('model', value='parts')],
            cli_args=['--ros-args', '-r', 'image:=cell/camera/image_raw'],
        )
    )
    recorder = ros.add(Recorder(tmp_path / 'bag', context=ros.context))

    def enough():
        recorder.look()
        return recorder.counts.get('/detector/detections', 0) > 8

    wait_for(enough, 120)
    recorder.finish()
    found = evaluate_bag(tmp_path / 'bag', None)['/detector/detections']
    assert found['pictures'] >= 8 and found['at_threshold']['precision'] > 0.8
