"""Settings of a training run: every key once, with what it means, what it may be and its default.

A preset, a YAML file and the command line all change the same dataclasses; the resolved settings
are written beside every run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from factory_perception.training.setting_tree import merge, setting, SettingsError


@dataclass(frozen=True)
class ModelSettings:
    """The network."""

    size: str = setting('n', 'n is small, s is larger and slower.', choices=('n', 's'))
    input_wh: tuple[int, int] = setting(
        (0, 0), 'Width and height that pictures are fitted to; [0, 0] takes the shape of the data.'
    )
    input_pixels: int = setting(
        512 * 384, 'Pixels of the input, about, where input_wh is [0, 0].', low=32 * 32
    )
    coarsest_stride: int = setting(
        32,
        'Coarsest cells that find boxes (detect): 16 is faster, for what is small.',
        choices=(16, 32),
    )
    template: bool = setting(
        False, 'Take an aligned picture of a faultless part as second input (detect).'
    )
    start_from: str = setting(
        '', 'Start from the weights of a model of the store (name or name@version).'
    )
    pretrained: str = setting(
        '', 'Start the trunk from a file of tensors (.npz, .pth, .safetensors).'
    )
    freeze: str = setting(
        'none', 'Which layers stay as they start.', choices=('none', 'stem', 'trunk')
    )
    dropout: float = setting(0.0, 'Share of the last features that is dropped.', low=0.0, high=0.9)


@dataclass(frozen=True)
class FitSettings:
    """The loop."""

    epochs: int = setting(60, 'Passes over the data; 0: as many as steps take.', low=0)
    steps: int = setting(3000, 'Steps of a run whose epochs are 0.', low=1)
    max_time_s: float = setting(0.0, 'Stop in good order after so many seconds; 0: never.', low=0.0)
    batch: int = setting(16, 'Pictures (or windows) in one step of one process.', low=1)
    accumulate: int = setting(1, 'Batches whose gradients are added up before a step.', low=1)
    optimizer: str = setting(
        'adamw',
        'How gradients become steps.',
        choices=('sgd', 'momentum', 'nesterov', 'adagrad', 'rmsprop', 'adam', 'adamw'),
    )
    learning_rate: float = setting(0.0, "Highest rate; 0 takes the optimizer's usual one.", low=0.0)
    weight_decay: float = setting(0.02, 'L2 (for adamw decoupled) on weights, not biases.', low=0.0)
    l1: float = setting(0.0, 'L1 penalty on weights.', low=0.0)
    schedule: str = setting('cosine', 'How the rate falls.', choices=('cosine', 'constant'))
    warm_up: float = setting(0.03, 'Share of the run in which the rate climbs.', low=0.0, high=0.5)
    average_steps: int = setting(500, 'Memory of the averaged weights, in steps.', low=1)
    keep_start: float = setting(
        0.0, 'Share of the weights of --from that the result keeps.', low=0.0, high=0.9
    )
    gradient_clip: float = setting(10.0, 'Longest gradient; longer ones are cut.', low=0.0)
    precision: str = setting(
        'auto',
        'What is computed in; auto takes bf16 where it pays.',
        choices=('auto', 'bf16', 'fp32'),
    )
    patience: int = setting(
        0, 'Stop when so many validations brought nothing better; 0: never.', low=0
    )
    min_delta: float = setting(0.001, 'What counts as better.', low=0.0)
    validate_every: int = setting(
        1, 'Epochs between two validations; 0: fifteen validations in the run.', low=0
    )
    seed: int = setting(0, 'Decides order, augmentation and first weights.', low=0)
    workers: int = setting(1, 'Processes that load data beside the one that learns.', low=0)


@dataclass(frozen=True)
class AugmentSettings:
    """Random changes to pictures; zeros and ones change nothing."""

    flip_horizontal: float = setting(
        0.5, 'Share of pictures mirrored left to right.', low=0, high=1
    )
    flip_vertical: float = setting(0.5, 'Share of pictures mirrored top to bottom.', low=0, high=1)
    zoom_low: float = setting(0.75, 'Smallest zoom.', low=0.1, high=1.0)
    zoom_high: float = setting(1.35, 'Largest zoom.', low=1.0, high=4.0)
    stretch: float = setting(
        1.0, 'Most that a picture is widened or heightened beside its zoom.', low=1.0, high=3.0
    )
    rotate_deg: float = setting(0.0, 'Largest rotation, in degrees.', low=0.0, high=180.0)
    quarter_turns: float = setting(
        0.0, 'Share of pictures turned by 0, 90, 180 or 270 degrees.', low=0.0, high=1.0
    )
    shift: float = setting(0.1, 'Largest shift, as a share of the input.', low=0.0, high=0.5)
    light: float = setting(0.2, 'Largest change of brightness and contrast.', low=0.0, high=1.0)
    colour: float = setting(0.1, 'Largest change of hue and saturation.', low=0.0, high=1.0)
    noise: float = setting(6.0, 'Largest noise, in grey levels.', low=0.0, high=100.0)
    blur: float = setting(0.1, 'Share of pictures that are blurred.', low=0.0, high=1.0)
    strokes: float = setting(
        0.0, 'Share of pictures whose bright shapes become a pixel wider or thinner.', low=0, high=1
    )
    mosaic: float = setting(0.0, 'Share of pictures pasted together from four.', low=0.0, high=1.0)
    paste: float = setting(
        0.0, 'Share of pictures with boxes pasted in from others.', low=0, high=1
    )
    board_defects: float = setting(
        0.0, 'Share of pictures of bare boards with painted defects (detect).', low=0, high=1
    )
    board_negatives: float = setting(
        0.0,
        'Share of pictures of bare boards in which copper is bare, opens are shorts, and so on '
        '(detect).',
        low=0,
        high=1,
    )
    board_styles: float = setting(
        0.0,
        'Share of pictures of bare boards whose lines are changed outside of boxes (detect).',
        low=0,
        high=1,
    )
    faultless: float = setting(
        0.0, 'Share of pictures replaced by their template, with no box (detect).', low=0, high=1
    )
    quiet_end: float = setting(
        0.1,
        'Share of the run, at its end, without mosaic, pasting and painted defects.',
        low=0.0,
        high=1.0,
    )


@dataclass(frozen=True)
class LossSettings:
    """What is asked of the network."""

    box_weight: float = setting(5.0, 'Boxes against scores (detect).', low=0.0)
    label_smoothing: float = setting(
        0.0, 'Share of certainty withheld from labels (classify).', low=0.0, high=0.5
    )
    entropy_penalty: float = setting(
        0.0, 'Reward for unsure answers (classify); not together with label_smoothing.', low=0.0
    )
    focal: float = setting(0.0, 'Focus on hard examples (classify, segment).', low=0.0)
    dice: float = setting(1.0, 'Dice loss beside cross-entropy (segment).', low=0.0)


@dataclass(frozen=True)
class ForecastSettings:
    """What is forecast, and from what (forecast)."""

    joints: str = setting('', 'Names of the joints, with commas between; all when empty.')
    step_ms: float = setting(25.0, 'Time between two rows of the history.', low=1.0, high=1000.0)
    horizons_ms: tuple[float, float, float, float] = setting(
        (50.0, 100.0, 250.0, 500.0), 'Times ahead, rising, whole multiples of the step.'
    )
    hidden: int = setting(48, 'Width of the recurrent layer.', low=4, high=512)
    lags: int = setting(10, 'Rows that the linear rival looks at.', low=2, high=200)
    plan: bool = setting(
        False, 'Take what the controller plans; it must be recorded, and published later.'
    )
    windows: int = setting(1024, 'Windows in an epoch.', low=1)
    window_s: float = setting(2.5, 'Length of a window.', low=0.05, high=600.0)
    stretch_low: float = setting(1.0, 'Least slowing down of a window.', low=0.2, high=1.0)
    stretch_high: float = setting(1.0, 'Most slowing down of a window.', low=1.0, high=5.0)
    flip: float = setting(0.0, 'Share of windows mirrored about the mean.', low=0.0, high=1.0)


@dataclass(frozen=True)
class ExportSettings:
    """What a model must keep to be published in a coarser precision."""

    fp16: bool = setting(True, 'Try fp16.')
    fp16_max_drop: float = setting(0.002, 'Largest loss of the main metric in fp16.', low=0.0)
    int8: bool = setting(True, 'Try int8.')
    int8_max_drop: float = setting(0.01, 'Largest loss of the main metric in int8.', low=0.0)
    class_max_drop: float = setting(0.03, 'Largest loss of any single class.', low=0.0)
    promotion_max_drop: float = setting(
        0.01,
        'How much worse than the champion a new version may look and still take over.',
        low=0.0,
    )
    views: int = setting(
        1,
        'Views of a picture that a published detector averages: 2 adds the one mirrored left to '
        'right, 4 those mirrored top to bottom; takes so many times as long (detect).',
        choices=(1, 2, 4),
    )
    calibration_pictures: int = setting(128, 'Training pictures that set the scales.', low=1)


@dataclass(frozen=True)
class FaultSettings:
    """Which faults are learned, and from how long windows (fault; not from slow joint data)."""

    left_out: str = setting('', 'Kinds of faults not to learn, with commas between.')
    hidden: int = setting(64, 'Width of the recurrent layer.', low=4, high=512)
    window: int = setting(100, 'Frames of a window; no longer than the runs.', low=20, high=5000)


@dataclass(frozen=True)
class TrainingSettings:
    """Everything that can be chosen about a training."""

    model: ModelSettings = field(default_factory=ModelSettings)
    fit: FitSettings = field(default_factory=FitSettings)
    augment: AugmentSettings = field(default_factory=AugmentSettings)
    loss: LossSettings = field(default_factory=LossSettings)
    forecast: ForecastSettings = field(default_factory=ForecastSettings)
    fault: FaultSettings = field(default_factory=FaultSettings)
    export: ExportSettings = field(default_factory=ExportSettings)


#: Starting points; a file and the command line change them further.
PRESETS: dict[str, dict[str, dict[str, Any]]] = {
    'tiny': {
        'model': {'input_pixels': 128 * 96},
        'fit': {'epochs': 12, 'average_steps': 30, 'workers': 0, 'learning_rate': 0.005},
        'export': {'calibration_pictures': 8},
    },
    'cpu': {'fit': {'epochs': 0, 'validate_every': 0, 'patience': 5}},
    'edge': {'model': {'input_pixels': 640 * 480}, 'fit': {'epochs': 100, 'patience': 20}},
    'gpu': {
        'model': {'size': 's', 'input_pixels': 640 * 640},
        'fit': {'epochs': 150, 'batch': 32, 'patience': 30, 'workers': 8},
        'augment': {'mosaic': 0.5, 'paste': 0.3},
    },
}


def load_settings(
    preset: str,
    file: Path | None,
    assignments: Mapping[str, str] | None = None,
    learned: Mapping[str, Any] | None = None,
) -> TrainingSettings:
    """Resolve the settings of a run: preset, model, file, then single assignments.

    Args:
        preset: one of ``PRESETS``.
        learned: what the model was learned with that is published anew.
        file: YAML with groups of keys, such as ``fit: {epochs: 20}``.
        assignments: values by dotted name, such as ``fit.epochs``, as YAML text.

    Raises:
        SettingsError: an unknown key or a value that is not allowed; the nearest key is named.
    """
    settings = merge(TrainingSettings(), PRESETS[preset], f'preset {preset}')
    settings = merge(settings, learned or {}, 'the model to publish anew')
    if file is not None:
        try:
            content = yaml.safe_load(file.read_text()) or {}
        except yaml.YAMLError as error:
            raise SettingsError(f'{file} is no valid YAML: {error}') from error
        settings = merge(settings, content, str(file))
    for name, text in (assignments or {}).items():
        nested: Any = yaml.safe_load(text)
        for part in reversed(name.split('.')):
            nested = {part: nested}
        settings = merge(settings, nested, name)
    _require_sense(settings)
    return settings


def _require_sense(settings: TrainingSettings) -> None:
    if settings.loss.label_smoothing and settings.loss.entropy_penalty:
        raise SettingsError('loss.label_smoothing and loss.entropy_penalty do the same: set one')
    views, augment = settings.export.views, settings.augment
    flips = {'augment.flip_horizontal': augment.flip_horizontal}
    flips |= {'augment.flip_vertical': augment.flip_vertical} if views > 2 else {}
    if views > 1 and not all(flips.values()):
        names = ' or '.join(name for name, share in flips.items() if not share)
        raise SettingsError(
            f'export.views={views} shows the network mirrored pictures, which it does not learn '
            f'from: raise {names}, or take fewer views'
        )
