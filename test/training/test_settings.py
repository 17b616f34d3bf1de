"""Settings: resolved from preset, file and command line; every mistake is named."""

from __future__ import annotations

import pytest

from factory_perception.training.anew import learned_with
from factory_perception.training.setting_tree import differences, SettingsError
from factory_perception.training.settings import load_settings, PRESETS


def test_later_ones_win(tmp_path):
    file = tmp_path / 'train.yaml'
    file.write_text('fit: {epochs: 7, batch: 3}\nmodel: {input_wh: [64, 32]}\n')
    settings = load_settings('tiny', file, {'fit.batch': '5'})
    assert (settings.fit.epochs, settings.fit.batch) == (7, 5)
    assert settings.model.input_wh == (64, 32) and settings.fit.average_steps == 30


@pytest.mark.parametrize('preset', PRESETS)
def test_presets_are_valid(preset):
    assert load_settings(preset, None).fit.batch >= 1


@pytest.mark.parametrize('text, message', [
    ('fit: {epoch: 3}', r'there is no setting fit\.epoch; did you mean epochs\?'),
    ('fits: {epochs: 3}', 'there is no setting fits; did you mean fit'),
    ('fit: 3', 'fit must hold keys'),
    ('fit: {batch: 0}', r'fit\.batch is 0; it can be from 1'),
    ('fit: {epochs: many}', r"fit\.epochs must be int, not 'many'"),
    ('fit: {epochs: true}', 'must be int'),
    ('fit: {optimizer: magic}', 'it can be sgd, momentum'),
    ('model: {input_wh: [1]}', 'must be a list of 2 values'),
    ('loss: {label_smoothing: 0.1, entropy_penalty: 0.1}', 'do the same: set one'),
    ('{export: {views: 4}, augment: {flip_vertical: 0}}', r'raise augment\.flip_vertical, or take'),
    ('export: {views: 3}', r'export\.views is 3; it can be 1, 2, 4'),
    ('fit: {epochs: 3', 'is no valid YAML'),
    ('- 1', 'the top level must hold keys'),
])  # fmt: skip
def test_mistakes_are_named(tmp_path, text, message):
    file = tmp_path / 'train.yaml'
    file.write_text(text)
    with pytest.raises(SettingsError, match=message):
        load_settings('tiny', file)


def test_what_changed_is_named():
    before = load_settings('tiny', None)
    after = load_settings('tiny', None, {'fit.epochs': '3', 'model.input_wh': '[64, 32]'})
    assert differences(before, before) == []
    assert differences(before, after) == [
        'model.input_wh was (0, 0) and is (64, 32)',
        'fit.epochs was 12 and is 3',
    ]


def test_what_a_model_was_learned_with_comes_before_the_file(tmp_path):
    file = tmp_path / 'train.yaml'
    file.write_text('fit: {batch: 3}\n')
    model = {'size': 's', 'input_wh': [64, 32], 'start_from': 'old', 'pretrained': 'gone.npz'}
    groups = {'model': model, 'fit': {'epochs': 3, 'batch': 5}, 'export': {'views': 2}}
    learned = learned_with({'settings': groups})
    settings = load_settings('tiny', file, {'model.start_from': 'new'}, learned)
    assert settings.model.size == 's' and settings.model.input_wh == (64, 32)
    assert settings.model.start_from == 'new' and settings.model.pretrained == ''
    assert (settings.fit.epochs, settings.fit.batch, settings.export.views) == (3, 3, 1)
    assert learned_with({}) == {}
    unflipped = {'augment': {'flip_horizontal': 0.0}}
    with pytest.raises(SettingsError, match='which it does not learn'):
        load_settings('tiny', None, {'export.views': '2'}, unflipped)
