"""From recordings of joints to a published forecaster."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
import torch
from torch import nn, Tensor

from factory_perception.model_store.folder import ModelFolder
from factory_perception.model_store.publish import pack_probe
from factory_perception.motion.forecast import BAND, QUANTILES
from factory_perception.motion.forecast_spec import ForecastSpec, NETWORK
from factory_perception.motion.network_forecaster import INPUT, NEXT_STATE, OUTPUT, STATE
from factory_perception.training.datasets.series import SeriesData
from factory_perception.training.distributed import Team
from factory_perception.training.exporting import export_onnx
from factory_perception.training.forecast_answers import forecast_answers
from factory_perception.training.forecast_data import (
    Frame,
    frame_of,
    open_segments,
    rows_after,
    rows_channels,
)
from factory_perception.training.forecast_lesson import ForecastLesson, run_network
from factory_perception.training.forecast_metrics import (
    compare,
    Compared,
    forecast_figures,
    horizon_names,
    OURS,
)
from factory_perception.training.lesson import Lesson
from factory_perception.training.motion_segments import (
    ahead_of,
    Segment,
)
from factory_perception.training.networks.forecasting import (
    ForecastNetwork,
    ForecastStep,
    Scales,
)
from factory_perception.training.settings import TrainingSettings


class ForecastRecipe:
    """A recurrent network beside naive forecasters; each horizon is given to whoever is better."""

    task = 'forecast'
    metric = 'skill_over_best'

    def __init__(self) -> None:
        self._frame: Frame | None = None
        self._segments: list[Segment] = []
        self._spec: ForecastSpec | None = None

    def network(self, settings: TrainingSettings, data: SeriesData) -> nn.Module:
        """Make a network for the joints of the data, and look at the data."""
        self._segments = open_segments(data, settings.forecast)
        frame = self._frame = frame_of(data, self._segments, settings.forecast)
        scales = Scales(_tensor(frame.mean), _tensor(frame.spread), _tensor(frame.unit))
        how = settings.forecast
        network = ForecastNetwork(
            scales, _tensor(frame.horizons_s), how.hidden, settings.model.dropout
        )
        if settings.model.start_from:
            network.silence_joints()  # what fits is taken over; what does not must not disturb
        return network

    def trunk(self, network: nn.Module) -> nn.Module:
        """Give the recurrent layer, which knows about no robot in particular."""
        assert isinstance(network, ForecastNetwork)
        return network.gru

    def lesson(
        self,
        network: nn.Module,
        data: SeriesData,
        validation: SeriesData,
        settings: TrainingSettings,
        team: Team,
    ) -> Lesson:
        """Bring network and recordings together."""
        frame = self._fixed()
        held = open_segments(validation, settings.forecast, frame.joints)
        return ForecastLesson(network, self._segments, held, frame, settings, team)

    def calibrate(
        self, network: nn.Module, settings: TrainingSettings, validation: SeriesData
    ) -> None:
        """Set the width of the band, and who forecasts which horizon, on validation data.

        The width is that of conformalised quantile regression with a factor (arXiv:1905.03222):
        the share ``BAND`` of all that came lies inside.
        """
        assert isinstance(network, ForecastNetwork)
        frame, planned = self._fixed(), settings.forecast.plan
        held = open_segments(validation, settings.forecast, frame.joints)
        spec = self._naive_spec(planned)
        answers = [run_network(network, segment, frame, planned) for segment in held]
        truths = [ahead_of(segment, frame.steps)[frame.lags - 1 :] for segment in held]
        found = np.concatenate([a[: len(t)] for a, t in zip(answers, truths)])
        factors = _band_factors(found, np.concatenate(truths))
        network.widths[:] = torch.from_numpy(factors)[:, None].float()
        compared = [compare(segment, spec, answer) for segment, answer in zip(held, answers)]
        self._spec = self._chosen(spec, compared, [one.recording for one in held])

    def _fixed(self) -> Frame:
        assert self._frame is not None, 'a network is made first'
        return self._frame

    def _naive_spec(self, planned: bool) -> ForecastSpec:
        """Describe a model that leaves everything to the network."""
        frame = self._fixed()
        horizons, joints = frame.unit.shape
        return ForecastSpec(
            frame.joints,
            round(frame.step_s * 1e9),
            frame.horizons_s,
            frame.lags,
            frame.ridge,
            frame.effort_mean,
            planned,
            (NETWORK,) * horizons,
            np.zeros((horizons, 2, joints)),
        )

    def _chosen(
        self, spec: ForecastSpec, compared: list[Compared], recordings: list[str]
    ) -> ForecastSpec:
        """Give each horizon to the best naive forecaster where the network is not better."""
        figures = forecast_figures(compared, recordings, spec)
        rmse = figures['rmse_rad']
        allowed = [name for name in rmse if name != OURS and (name != 'reference' or spec.plan)]
        use, band = [], spec.band.copy()
        for place, horizon in enumerate(horizon_names(spec)):
            best = min(allowed, key=lambda name: rmse[name][horizon])
            if rmse[OURS][horizon] < rmse[best][horizon]:
                use.append(NETWORK)
                continue
            use.append(best)
            errors = np.concatenate([one.errors[best][:, place] for one in compared])
            # Truth less forecast is what the band is laid around the forecast for.
            band[place] = np.quantile(-errors, (QUANTILES[0], QUANTILES[-1]), axis=0)
        return ForecastSpec(**{**vars(spec), 'use': tuple(use), 'band': band})

    def export(self, network: nn.Module, settings: TrainingSettings, half: bool) -> bytes:
        """Export one time step; always in full precision, which positions need."""
        assert isinstance(network, ForecastNetwork) and not half
        shapes: dict[str, tuple[int, ...]] = {
            INPUT: (rows_channels(settings.forecast), network.joints),
            STATE: (network.joints, network.hidden),
        }
        return export_onnx(ForecastStep(network), shapes, [OUTPUT, NEXT_STATE])

    def manifest(
        self, network: nn.Module, settings: TrainingSettings, data: SeriesData
    ) -> dict[str, Any]:
        """Describe the network and who forecasts what."""
        assert isinstance(network, ForecastNetwork) and self._spec is not None
        joints, hidden = network.joints, network.hidden

        def tensor(name: str, *shape: int) -> dict[str, Any]:
            return {'name': name, 'dtype': 'float32', 'shape': ['batch', *shape]}

        return {
            'inputs': [
                tensor(INPUT, rows_channels(settings.forecast), joints),
                tensor(STATE, joints, hidden),
            ],
            'outputs': [
                tensor(OUTPUT, network.horizons, 3, joints),
                tensor(NEXT_STATE, joints, hidden),
            ],
            'settings': self._spec.as_settings(),
        }

    def probe(self, network: nn.Module, settings: TrainingSettings, data: SeriesData) -> bytes:
        """Let torch answer to a row of the data, with a state that is not zero."""
        assert isinstance(network, ForecastNetwork)
        inputs = self.inputs(settings, data, 0)
        step = ForecastStep(network).eval()
        with torch.inference_mode():
            rows, state = (torch.from_numpy(inputs[name]) for name in (INPUT, STATE))
            _, state = step(rows, state)
            found, after = step(rows, state)
        inputs[STATE] = state.numpy()
        return pack_probe(inputs, {OUTPUT: found.numpy(), NEXT_STATE: after.numpy()})

    def inputs(
        self, settings: TrainingSettings, data: SeriesData, index: int
    ) -> dict[str, NDArray]:
        """Write the first row of the first segment, and the state at its start."""
        frame = self._fixed()
        segment = self._segments[index % len(self._segments)]
        rows = rows_after(segment, frame, settings.forecast.plan)
        state = np.zeros((1, len(frame.joints), settings.forecast.hidden), np.float32)
        return {INPUT: rows[:1], STATE: state}

    def quantised_layers(self) -> tuple[str, ...]:
        """Quantise nothing."""
        return ()

    def evaluate(
        self, folder: ModelFolder, data: SeriesData, backend: str, precision: str
    ) -> dict[str, Any]:
        """Measure what a node would publish, through the engine, beside all naive forecasters."""
        found = forecast_answers(folder, data, backend, precision)
        return {
            'data': data.origin,
            'data_sha256': data.sha256,
            'recordings': len(data),
            'use': dict(zip(found.classes, found.spec.use)),
            **found.figures,
            'per_class': {},
        }


def _band_factors(found: NDArray[np.float64], truth: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the factor ``(H,)`` by which half widths hold the wanted share of what came."""
    middle = found[:, :, 1]
    below, above = middle - found[:, :, 0], found[:, :, 2] - middle
    tiny = np.finfo(np.float32).tiny
    strain = np.maximum(
        (middle - truth) / np.maximum(below, tiny), (truth - middle) / np.maximum(above, tiny)
    )
    return np.quantile(strain.transpose(1, 0, 2).reshape(found.shape[1], -1), BAND, axis=1)


def _tensor(values: NDArray[np.float64]) -> Tensor:
    return torch.from_numpy(values).float()
