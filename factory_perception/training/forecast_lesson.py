"""Teach a forecasting network the motions of some recordings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
import torch
from torch import nn, Tensor

from factory_perception.motion.forecast import QUANTILES
from factory_perception.motion.naive import constant_velocity
from factory_perception.training.distributed import Team
from factory_perception.training.forecast_data import Frame, rows_after, Windows
from factory_perception.training.loading import Loader
from factory_perception.training.motion_segments import ahead_of, Segment, windows_of
from factory_perception.training.settings import TrainingSettings

#: Rows at the start of a window that are not asked for: the state knows nothing yet.
_WARM_UP = 8
_Drawn = tuple[NDArray[np.float32], NDArray[np.float32]]
Batch = tuple[Tensor, Tensor]


class ForecastLesson:
    """Pinball loss on windows; measured on whole recordings."""

    def __init__(
        self,
        network: nn.Module,
        segments: Sequence[Segment],
        validation: Sequence[Segment],
        frame: Frame,
        settings: TrainingSettings,
        team: Team,
    ) -> None:
        self.network = network
        self._frame, self._validation, self._settings = frame, validation, settings
        self._windows = Windows(segments, frame, settings.forecast)
        self._loader = Loader(
            settings.forecast.windows, settings.fit, self._prepare, _collate, team.rank, team.size
        )
        self.batches_per_epoch = self._loader.batches_per_epoch
        self._unit = torch.from_numpy(frame.unit).float()

    def _prepare(self, epoch: int, index: int, rng: np.random.Generator) -> _Drawn:
        return self._windows.draw(rng)

    def batches(self, epoch: int, progress: float) -> Iterator[Batch]:
        """Give the batches of an epoch: rows ``(B, W, C, J)``, what came ``(B, W, H, J)``."""
        return self._loader.epoch(epoch)

    def losses(
        self, network: nn.Module, batch: Batch, device: torch.device
    ) -> Mapping[str, Tensor]:
        """Give the pinball loss in units of the errors of constant velocity."""
        rows, came = (part.to(device) for part in batch)
        with torch.autocast(device.type, enabled=False):  # positions need all their digits
            found = network(rows)
            loss = pinball(found, came, self._unit.to(device), min(_WARM_UP, rows.shape[1] // 2))
        return {'loss': loss}

    def validate(self, network: nn.Module) -> Mapping[str, float]:
        """Measure how much of the error of constant velocity is spared; ``score`` is the mean."""
        frame = self._frame
        ours, rival = np.zeros(len(frame.horizons_s)), np.zeros(len(frame.horizons_s))
        for segment in self._validation:
            found = run_network(network, segment, frame, self._settings.forecast.plan)
            truth = ahead_of(segment, frame.steps)[frame.lags - 1 :]
            windows = windows_of(segment, frame.lags)[: len(truth)]
            steady = constant_velocity(windows, frame.horizons_s)
            ours += (((found[: len(truth), :, 1] - truth) / frame.unit) ** 2).sum(axis=(0, 2))
            rival += (((steady - truth) / frame.unit) ** 2).sum(axis=(0, 2))
        spared = 1 - np.sqrt(ours / np.maximum(rival, 1e-9))
        scores = {f'skill_{round(horizon * 1e3)}_ms': float(value)
                  for horizon, value in zip(frame.horizons_s, spared)}  # fmt: skip
        return {**scores, 'score': float(spared.mean())}


def pinball(found: Tensor, came: Tensor, unit: Tensor, skip: int) -> Tensor:
    """Give the mean pinball loss (Koenker and Bassett, 1978).

    Args:
        found: quantiles ``(B, T, H, 3, J)``.
        came: ``(B, T, H, J)``.
        unit: ``(H, J)``, what errors are measured in.
        skip: rows at the start that do not count.
    """
    error = ((came.unsqueeze(-2) - found) / unit[:, None])[:, skip:]
    levels = error.new_tensor(QUANTILES)[:, None]
    return torch.maximum(levels * error, (levels - 1) * error).mean() * len(QUANTILES)


@torch.inference_mode()
def run_network(
    network: nn.Module, segment: Segment, frame: Frame, planned: bool
) -> NDArray[np.float64]:
    """Give quantiles ``(T - lags + 1, H, 3, J)`` of a whole segment."""
    device = next(network.parameters()).device
    network.eval()
    rows = torch.from_numpy(rows_after(segment, frame, planned))[None].to(device)
    result: NDArray[np.float64] = network(rows)[0].double().cpu().numpy()
    return result


def _collate(drawn: Sequence[_Drawn]) -> Batch:
    rows, came = zip(*drawn)
    return torch.from_numpy(np.stack(rows)), torch.from_numpy(np.stack(came))
