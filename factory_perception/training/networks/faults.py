"""The recurrent network of a fault diagnosis: one GRU for all joints, one step at a time."""

from __future__ import annotations

import torch
from torch import nn, Tensor
from torch.nn import functional


class FaultNetwork(nn.Module):
    """Scores of faults for every row of a series; joints are examples of a batch."""

    def __init__(self, inputs: int, hidden: int, classes: int) -> None:
        super().__init__()
        self.inputs, self.hidden, self.classes = inputs, hidden, classes
        self.enter = nn.Linear(inputs, hidden)
        self.gru = nn.GRU(hidden, hidden, batch_first=True)
        self.head = nn.Linear(2 * hidden, classes)

    def forward(self, rows: Tensor) -> Tensor:
        """Give scores ``(B, T, K)`` of rows ``(B, T, F)``, from a state that knows nothing."""
        entered = torch.relu(self.enter(rows))
        states, _ = self.gru(entered)
        scores: Tensor = self.head(torch.cat([entered, states], -1))
        return scores


class FaultStep(nn.Module):
    """One time step of a ``FaultNetwork`` out of plain operations, with its state outside."""

    def __init__(self, network: FaultNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, rows: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Take rows ``(B, F)`` and state ``(B, hidden)``; give scores and the next state."""
        network, gru = self.network, self.network.gru
        entered = torch.relu(network.enter(rows))
        seen_weight, kept_weight, seen_bias, kept_bias = gru.all_weights[0]
        seen = functional.linear(entered, seen_weight, seen_bias)
        kept = functional.linear(state, kept_weight, kept_bias)
        reset_in, update_in, new_in = seen.chunk(3, -1)
        reset_kept, update_kept, new_kept = kept.chunk(3, -1)
        reset = torch.sigmoid(reset_in + reset_kept)
        update = torch.sigmoid(update_in + update_kept)
        new = torch.tanh(new_in + reset * new_kept)
        state = new + update * (state - new)
        return network.head(torch.cat([entered, state], -1)), state
