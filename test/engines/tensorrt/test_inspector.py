"""What the inspector's JSON proves, in the layouts of TensorRT 10 and 11."""

from __future__ import annotations

import json

import pytest

from factory_perception.engines.tensorrt.inspector import read_proof


def layer(kind, inputs, outputs, field='Format/Datatype'):
    def tensors(types):
        return [{'Name': 'x', 'Location': 'Device', field: one} for one in types]

    return {'Name': kind, 'LayerType': kind, 'Inputs': tensors(inputs), 'Outputs': tensors(outputs)}


def proof(*layers, **more):
    return read_proof(json.dumps({'Layers': list(layers), **more}))


@pytest.mark.parametrize(
    'text, kind',
    [
        ('Float', 'fp32'),
        ('Half', 'fp16'),
        ('Int8', 'int8'),
        ('BFloat16', 'bf16'),
        ('FP8', 'fp8'),
        ('Row major linear FP32', 'fp32'),
        ('Row major linear FP16 format', 'fp16'),
        ('Channel major FP16 format where channel % 8 == 0', 'fp16'),
        ('Thirty-two wide channel vectorized row major Int8 format.', 'int8'),
        ('Row major linear BF16 format (kLINEAR)', 'bf16'),
        ('Int64', ''),
        ('N/A due to dynamic shapes', ''),
    ],
)
def test_types_in_the_words_of_tensorrt(text, kind):
    assert proof(layer('conv', [text], [text])).headline == kind


@pytest.mark.parametrize(
    'layers, headline, shares',
    [
        ([layer('conv', ['Half'], ['Half'])] * 3 + [layer('pwn', ['Float'], ['Float'])] * 1,
         'fp16', {'fp16': 0.75, 'fp32': 0.25}),
        # One half-precision layer in twenty does not make a half-precision plan.
        ([layer('conv', ['Float'], ['Float'])] * 19 + [layer('conv', ['Half'], ['Half'])],
         'fp32', {'fp32': 0.95, 'fp16': 0.05}),
        # What a layer takes in says what it computes in.
        ([layer('CaskConvolution', ['Int8', 'Float'], ['Half'])], 'int8', {'int8': 1.0}),
        ([layer('kgen', ['Float'], ['Half'])], 'fp32', {'fp32': 1.0}),
        ([layer('fill', [], ['Half'])], 'fp16', {'fp16': 1.0}),
        # Converting is not computing.
        ([layer('Reformat', ['Int8'], ['Float']), layer('conv', ['Float'], ['Float'])],
         'fp32', {'fp32': 1.0}),
    ],
)  # fmt: skip
def test_shares(layers, headline, shares):
    found = proof(*layers)
    assert found.headline == headline
    assert found.shares == pytest.approx(shares)


def test_layout_of_10():
    found = proof(layer('conv', ['Half'], ['Half']), Bindings=['image', 'boxes'])
    assert str(found) == '1 layers: 100% fp16'


def test_layout_of_11():
    tensor = {'DataType': 'Half', 'Format': 'Row major linear FP16 format (kLINEAR)'}
    content = {'Name': 'conv', 'LayerType': 'conv', 'Inputs': [tensor], 'Outputs': [tensor]}
    edge = {'Name': 'image', 'IOMode': 'Input', 'DataType': 'Float'}
    assert proof(content, **{'I/O Tensors': [edge]}).shares == {'fp16': 1.0}


@pytest.mark.parametrize(
    'text',
    ['', 'no JSON', '[]', '{}', 'null', '{"Layers": null}', '{"Layers": ["conv + relu"]}',
     '{"Layers": [{"LayerType": "conv", "Inputs": "x", "Outputs": [3, {}]}]}'],
)  # fmt: skip
def test_an_answer_that_says_nothing_proves_nothing(text):
    found = read_proof(text)
    assert found.headline == '' and found.shares == {}
    assert str(found) == 'the plan does not say what its layers compute in'
