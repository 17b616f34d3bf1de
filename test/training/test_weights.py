"""Weights to go on from: nothing is lost on the way through a published model."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from factory_perception.training.exporting import export_onnx
from factory_perception.training.networks.detection import DeployedDetector, DetectionNetwork
from factory_perception.training.networks.fusing import fused, normalised, unfolded
from factory_perception.training.setting_tree import SettingsError
from factory_perception.training.weights import (
    freeze,
    pack_weights,
    read_tensors,
    start_from_model,
    start_trunk_from_file,
    WEIGHTS_FILE,
)


def lively(seed: int = 0, classes: int = 2) -> DetectionNetwork:
    """Give a network whose normalisation has seen something."""
    torch.manual_seed(seed)
    network = DetectionNetwork(classes)
    for name, tensor in network.state_dict().items():
        if 'running_var' in name or name.endswith('bn1.weight'):
            tensor.uniform_(0.5, 2.0)
        elif 'running_mean' in name:
            tensor.normal_(0, 0.1)
    return network.eval()


class Folder:
    """Stands for a published model."""

    label = 'shapes@1'

    def __init__(self, network: DetectionNetwork) -> None:
        deployed = DeployedDetector(fused(network), 64, 96)
        self._files = {
            'fp32.onnx': export_onnx(deployed, {'image': (3, 64, 96)}, ['boxes', 'scores']),
            WEIGHTS_FILE: pack_weights(network),
        }

    def read(self, name: str) -> bytes:
        return self._files[name]


@pytest.fixture(scope='module')
def published():
    network = lively()
    return network, Folder(network)


def test_folded_networks_answer_alike():
    network, picture = lively(), torch.randn(1, 3, 64, 96)
    with torch.inference_mode():
        before, after = network(picture), fused(network)(picture)
    assert torch.allclose(before.logits, after.logits, atol=1e-4)
    assert not any(isinstance(m, torch.nn.BatchNorm2d) for m in fused(network).modules())


def test_a_network_goes_on_where_the_published_one_ended(published):
    network, folder = published
    other = lively(seed=1)
    assert start_from_model(other, folder) == []
    picture = torch.randn(2, 3, 64, 96)
    with torch.inference_mode():
        before, after = network(picture), other(picture)
    assert torch.allclose(before.logits, after.logits, atol=0.02)
    assert torch.allclose(before.log_distances, after.log_distances, atol=0.02)


def test_a_template_behind_the_picture_counts_nothing_at_first(published):
    network, folder = published
    compares = DetectionNetwork(2, in_channels=6).eval()
    assert start_from_model(compares, folder) == []
    picture, template = torch.randn(2, 3, 64, 96), torch.randn(2, 3, 64, 96)
    with torch.inference_mode():
        before, after = network(picture), compares(torch.cat([picture, template], 1))
    assert torch.allclose(before.logits, after.logits, atol=0.02)


def test_what_is_in_the_network_file_is_not_kept_twice(published):
    _, folder = published
    assert len(folder.read(WEIGHTS_FILE)) < 0.05 * len(folder.read('fp32.onnx'))


def test_other_classes_begin_afresh(published):
    missing = start_from_model(lively(classes=5), published[1])
    assert missing and all('score_out' in name for name in missing)


def test_another_kind_of_network_is_refused(published):
    with pytest.raises(SettingsError, match='nothing in shapes@1 fits'):
        start_from_model(torch.nn.Linear(3, 2), published[1])


def test_a_dead_channel_begins_from_nothing():
    norm = torch.nn.BatchNorm2d(2)
    norm.weight.data = torch.tensor([0.0, 2.0])
    weights = unfolded(torch.ones(2, 1, 1, 1), norm)[:, 0, 0, 0]
    assert weights.tolist() == pytest.approx([0.0, 0.5], abs=1e-4)


def test_every_convolution_with_a_normalisation_is_named():
    names = dict(normalised(DetectionNetwork(2)))
    assert names['trunk.stem.0.0'] == 'trunk.stem.0.1'
    assert names['trunk.stages.0.0.conv1'] == 'trunk.stages.0.0.bn1'


@pytest.mark.parametrize('suffix', ['.npz', '.pth'])
def test_a_trunk_starts_from_a_file_of_tensors(tmp_path, suffix):
    source, target = lively(seed=2).trunk, lively(seed=3).trunk
    path = tmp_path / f'trunk{suffix}'
    if suffix == '.npz':
        np.savez(path, **{k: v.numpy() for k, v in source.state_dict().items()})
    else:
        torch.save({'state_dict': source.state_dict()}, path)
    assert start_trunk_from_file(target, path) == []
    assert torch.equal(source.stem[0][0].weight, target.stem[0][0].weight)


def test_files_that_hold_code_or_nothing_are_refused(tmp_path):
    path = tmp_path / 'evil.pth'
    torch.save({'weights': print}, path)
    with pytest.raises(SettingsError, match='cannot be read as plain tensors'):
        read_tensors(path)
    (tmp_path / 'cut.npz').write_bytes(b'PK')
    with pytest.raises(SettingsError, match=r'cut\.npz cannot be read'):
        read_tensors(tmp_path / 'cut.npz')


def test_frozen_parts_do_not_learn():
    network = lively()
    freeze(network, [network.trunk])
    assert not any(p.requires_grad for p in network.trunk.parameters())
    assert all(p.requires_grad for p in network.heads.parameters())
