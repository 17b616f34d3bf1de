"""The forecasting network: a GRU a joint that knows what the other joints do.

All joints share the weights of the GRU (https://arxiv.org/abs/1406.1078), so that what was learnt
on one robot can be taken over for another with other joints. Each joint has a few numbers of its
own, and sees a summary of all. The answer is what is to be added to constant velocity; quantiles
cannot cross, because the edges are the median less and plus something positive.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn, Tensor
from torch.nn import functional

OWN, CONTEXT = 8, 16
#: Inputs are at most so many standard deviations away from the mean.
_REACH = 8.0


@dataclass(frozen=True)
class Scales:
    """What the data looks like; float32 tensors.

    Attributes:
        mean: ``(C, J)`` of every channel.
        spread: ``(C, J)``, positive.
        unit: ``(H, J)``, the usual error of constant velocity at each horizon, positive.
    """

    mean: Tensor
    spread: Tensor
    unit: Tensor


class ForecastNetwork(nn.Module):
    """Quantiles of positions at some horizons, for every row of a series."""

    mean: Tensor
    spread: Tensor
    unit: Tensor
    horizons_s: Tensor
    #: Factors on the half widths of the band, set on validation data, ``(H, 1)``.
    widths: Tensor

    def __init__(self, scales: Scales, horizons_s: Tensor, hidden: int, dropout: float) -> None:
        super().__init__()
        channels, joints = scales.mean.shape
        horizons = len(horizons_s)
        # What the data looks like is no weight: it is not taken over from another robot.
        for name, value in vars(scales).items():
            self.register_buffer(name, value, persistent=False)
        self.register_buffer('horizons_s', horizons_s, persistent=False)
        self.register_buffer('widths', torch.ones(horizons, 1), persistent=False)
        self.hidden, self.horizons, self.joints = hidden, horizons, joints
        self.own = nn.Parameter(torch.randn(joints, OWN) * 0.1)
        self.summary = nn.Linear(channels * joints, CONTEXT)
        self.enter = nn.Linear(channels + OWN + CONTEXT, hidden)
        self.gru = nn.GRU(hidden, hidden, batch_first=True)
        self.head = nn.Sequential(
            nn.Dropout(dropout), nn.Linear(hidden, hidden), nn.ReLU(),
            nn.Linear(hidden, 3 * horizons),
        )  # fmt: skip

    @torch.no_grad()
    def silence_joints(self) -> None:
        """Let what is each joint's own, and what joints tell each other, begin at nothing."""
        self.own.zero_()
        self.summary.weight.zero_()

    def forward(self, rows: Tensor) -> Tensor:
        """Give quantiles ``(B, T, H, 3, J)`` for rows ``(B, T, C, J)``."""
        batch, time, _, joints = rows.shape
        entered = self.entered(rows)  # (B, T, J, hidden)
        each = entered.transpose(1, 2).reshape(batch * joints, time, self.hidden)
        seen, _ = self.gru(each)
        states = seen.reshape(batch, joints, time, self.hidden).transpose(1, 2)
        return self.answer(rows, states)

    def entered(self, rows: Tensor) -> Tensor:
        """Give what the GRU takes ``(..., J, hidden)`` of rows ``(..., C, J)``."""
        normal = ((rows - self.mean) / self.spread).clamp(-_REACH, _REACH)
        context = torch.relu(self.summary(normal.flatten(-2)))  # (..., CONTEXT)
        lead = rows.shape[:-2]
        parts = [
            normal.transpose(-1, -2),  # (..., J, C)
            self.own.expand(*lead, self.joints, OWN),
            context.unsqueeze(-2).expand(*lead, self.joints, CONTEXT),
        ]
        return torch.relu(self.enter(torch.cat(parts, -1)))

    def answer(self, rows: Tensor, states: Tensor) -> Tensor:
        """Give quantiles ``(..., H, 3, J)`` for rows ``(..., C, J)``, states ``(..., J, hidden)``.

        The whole is the position, the way at constant velocity, and what the network adds.
        """
        found = self.head(states).transpose(-1, -2)  # (..., 3H, J)
        found = found.unflatten(-2, (self.horizons, 3))
        middle = found[..., 1, :]
        below = functional.softplus(found[..., 0, :]) * self.widths
        above = functional.softplus(found[..., 2, :]) * self.widths
        steady = rows[..., :1, :] + rows[..., 1:2, :] * self.horizons_s[:, None]  # (..., H, J)
        edges = torch.stack([middle - below, middle, middle + above], -2)
        return steady.unsqueeze(-2) + edges * self.unit[:, None]


class ForecastStep(nn.Module):
    """One time step of a ``ForecastNetwork`` out of plain operations, with its state outside."""

    def __init__(self, network: ForecastNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, rows: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Take rows ``(B, C, J)`` and state ``(B, J, hidden)``; give quantiles and next state."""
        network = self.network
        from_row, from_state, row_bias, state_bias = network.gru.all_weights[0]
        seen = functional.linear(network.entered(rows), from_row, row_bias)
        kept = functional.linear(state, from_state, state_bias)
        reset_in, update_in, new_in = seen.chunk(3, -1)
        reset_kept, update_kept, new_kept = kept.chunk(3, -1)
        reset = torch.sigmoid(reset_in + reset_kept)
        update = torch.sigmoid(update_in + update_kept)
        new = torch.tanh(new_in + reset * new_kept)
        state = new + update * (state - new)
        return network.answer(rows, state), state
