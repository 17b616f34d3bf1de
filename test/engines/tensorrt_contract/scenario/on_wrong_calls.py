"""NVIDIA's own layer refuses wrong calls, as on a robot."""

from __future__ import annotations

import pytest
import tensorrt as trt

from test.engines.tensorrt_contract.stage import FAKE, MAJOR


@pytest.mark.parametrize(
    'call',
    [
        lambda context: context.set_input_shape('image', 3),
        lambda context: context.set_tensor_address('image', None),
        lambda context: context.execute_async_v3('stream'),
    ],
)
def test_wrong_calls_are_refused(folder, call):
    runtime = trt.Runtime(trt.Logger(trt.Logger.ERROR))
    context = runtime.deserialize_cuda_engine(FAKE.any_plan()).create_execution_context()
    with pytest.raises(TypeError):
        call(context)


def test_what_is_gone_is_gone():
    assert not hasattr(trt.IExecutionContext, 'execute_async_v2')
    assert hasattr(trt.BuilderFlag, 'FP16') == (MAJOR == '10')
