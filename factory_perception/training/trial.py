"""A model folder that nobody else sees, for as long as it is measured."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
import tempfile
from typing import Any

from factory_perception.model_store.folder import ModelFolder
from factory_perception.model_store.publish import publish
from factory_perception.model_store.store import ModelStore
from factory_perception.training.exporting import OPSET


@contextmanager
def trial(manifest: dict[str, Any], files: dict[str, bytes]) -> Iterator[ModelFolder]:
    """Publish a model into a store of its own, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix='factory_perception_') as scratch:
        yield publish(ModelStore((Path(scratch),)), manifest, files, onnx_facts(files))


def onnx_facts(files: dict[str, bytes]) -> dict[str, dict[str, Any]]:
    """Give what the manifest says about each ONNX file."""
    return {
        name: {'precision': name.removesuffix('.onnx'), 'opset': OPSET}
        for name in files
        if name.endswith('.onnx')
    }
