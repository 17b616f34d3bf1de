"""Several processes that train one network, started by ``torchrun``; or the one that runs alone."""

from __future__ import annotations

from dataclasses import dataclass
import os
from typing import Any

import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel


@dataclass(frozen=True)
class Team:
    """This process among those that train together."""

    rank: int
    size: int
    device: torch.device

    @property
    def leads(self) -> bool:
        """Say whether this process writes files and measures."""
        return self.rank == 0

    def wrap(self, network: nn.Module) -> nn.Module:
        """Let gradients be averaged over the team."""
        if self.size == 1:
            return network
        devices = [self.device.index] if self.device.type == 'cuda' else None
        return DistributedDataParallel(network, device_ids=devices)

    def agree(self, value: Any) -> Any:
        """Give every process what the leading one says."""
        if self.size == 1:
            return value
        box = [value]
        distributed.broadcast_object_list(box, src=0)
        return box[0]

    def every(self, said: bool) -> bool:
        """Say whether it is so in every process."""
        if self.size == 1:
            return said
        flag = torch.tensor(int(said), device=self.device)
        distributed.all_reduce(flag, distributed.ReduceOp.MIN)
        return bool(flag)

    def leave(self) -> None:
        """End the team, all at the same time: gloo may hang in whoever outlives its partner."""
        if self.size > 1:
            distributed.barrier()
            distributed.destroy_process_group()


def join_team() -> Team:
    """Join the processes that ``torchrun`` started; alone where it started none."""
    size = int(os.environ.get('WORLD_SIZE', '1'))
    local = int(os.environ.get('LOCAL_RANK', '0'))
    gpu = torch.cuda.is_available()
    device = torch.device('cuda', local) if gpu else torch.device('cpu')
    if gpu:
        torch.cuda.set_device(device)
    if size > 1 and not distributed.is_initialized():
        distributed.init_process_group('nccl' if gpu else 'gloo')
    return Team(int(os.environ.get('RANK', '0')), size, device)
