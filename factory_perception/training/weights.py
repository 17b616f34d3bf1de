"""Weights of networks in files: to start from, to go on from. Nothing is unpickled."""

from __future__ import annotations

from collections.abc import Mapping
import io
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper
import torch
from torch import nn, Tensor

from factory_perception.model_store.folder import ModelFolder
from factory_perception.training.networks.fusing import normalised, unfolded
from factory_perception.training.setting_tree import SettingsError

WEIGHTS_FILE = 'weights.npz'


def pack_weights(network: nn.Module) -> bytes:
    """Pack what is needed to go on training from and is not in the ONNX file beside it.

    Normalised convolutions lie there, folded; everything else is kept in half precision, and
    vectors in full.
    """
    elsewhere = {f'{convolution}.weight' for convolution, _ in normalised(network)}
    arrays = {
        name: (tensor.half() if tensor.ndim > 1 else tensor.float()).numpy()
        for name, tensor in network.state_dict().items()
        if tensor.is_floating_point() and name not in elsewhere
    }
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def start_from_model(network: nn.Module, folder: ModelFolder) -> list[str]:
    """Take over the weights of a published model; give the names of those that did not fit.

    Raises:
        ModelError: the model holds no weights.
        SettingsError: nothing fits: it is another kind of network.
    """
    with np.load(io.BytesIO(folder.read(WEIGHTS_FILE)), allow_pickle=False) as archive:
        arrays = {name: torch.from_numpy(archive[name]) for name in archive.files}
    missing = _take(network, arrays, folder.label)
    return sorted(set(missing) - set(_take_folded(network, folder, missing)))


def _take_folded(network: nn.Module, folder: ModelFolder, wanted: list[str]) -> list[str]:
    """Take over convolutions that were folded for the export; their normalisation is in place."""
    exported = onnx.load_from_string(folder.read('fp32.onnx')).graph.initializer
    folded = {t.name.removeprefix('network.'): t for t in exported}
    taken = []
    for convolution, norm in normalised(network):
        name = f'{convolution}.weight'
        layer, behind = network.get_submodule(convolution), network.get_submodule(norm)
        assert isinstance(layer, nn.Conv2d) and isinstance(behind, nn.BatchNorm2d)
        if name not in wanted or f'{norm}.weight' in wanted or name not in folded:
            continue
        weight = torch.from_numpy(numpy_helper.to_array(folded[name]).copy())
        # What is behind the channels that the model knew (a template) counts nothing at first.
        more = layer.in_channels - weight.shape[1]
        weight = nn.functional.pad(weight, (0, 0, 0, 0, 0, max(more, 0)))
        if weight.shape == layer.weight.shape:
            layer.weight.data.copy_(unfolded(weight, behind))
            taken.append(name)
    return taken


def start_trunk_from_file(trunk: nn.Module, path: Path) -> list[str]:
    """Take over weights for a trunk from a file of tensors: ``.npz``, ``.pth`` or ``.safetensors``.

    Raises:
        SettingsError: the file cannot be read as plain tensors, or nothing in it fits.
    """
    return _take(trunk, read_tensors(path), str(path))


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Read a file of named tensors; code in it is never run.

    Raises:
        SettingsError: it holds anything else, or is damaged.
    """
    try:
        if path.suffix == '.npz':
            with np.load(path, allow_pickle=False) as archive:
                return {name: torch.from_numpy(archive[name]) for name in archive.files}
        if path.suffix == '.safetensors':
            from safetensors.torch import load_file

            return dict(load_file(path))
        content = torch.load(path, map_location='cpu', weights_only=True)
    except ImportError as error:
        raise SettingsError(f'{path} needs the package safetensors: pip install it') from error
    except Exception as error:
        raise SettingsError(f'{path} cannot be read as plain tensors: {error}') from error
    content = content.get('state_dict', content) if isinstance(content, dict) else content
    if not isinstance(content, dict) or not all(isinstance(v, Tensor) for v in content.values()):
        raise SettingsError(f'{path} is no dictionary of tensors')
    return content


def _take(network: nn.Module, found: Mapping[str, Tensor], origin: str) -> list[str]:
    own = network.state_dict()
    fitting = {
        name: tensor.to(own[name].dtype)
        for name, tensor in found.items()
        if name in own and own[name].shape == tensor.shape
    }
    if not fitting:
        raise SettingsError(
            f'nothing in {origin} fits this network: choose another model.size or leave it out'
        )
    network.load_state_dict(fitting, strict=False)
    return sorted(name for name in own if name not in fitting and own[name].is_floating_point())


def freeze(network: nn.Module, parts: list[nn.Module]) -> None:
    """Keep some parts of a network as they are during training."""
    for part in parts:
        part.requires_grad_(False)
    network.frozen = parts  # type: ignore[assignment]
