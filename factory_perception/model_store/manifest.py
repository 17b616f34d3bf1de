"""The manifest: the one file that tells a node everything about a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
import functools
import json
from pathlib import Path
from typing import Any

MANIFEST_VERSION = 1
MANIFEST_FILE = 'manifest.json'
#: No manifest comes near this; a larger file is not read into memory.
MAX_MANIFEST_BYTES = 4 * 1024 * 1024


class ModelError(Exception):
    """A model folder that cannot be used; the text names the file and the mend."""


class OutdatedModelError(ModelError):
    """A sound model of another version of this package, which this version cannot run."""


@dataclass(frozen=True)
class TensorSpec:
    """A named input or output of a network; ``None`` in ``shape`` is the batch dimension."""

    name: str
    dtype: str
    shape: tuple[int | None, ...]

    def __str__(self) -> str:
        dims = ', '.join('batch' if size is None else str(size) for size in self.shape)
        return f'{self.name} {self.dtype} [{dims}]'

    def sized(self, batch: int) -> tuple[int, ...]:
        """Give the shape with the batch dimension filled in."""
        return tuple(batch if size is None else size for size in self.shape)


@dataclass(frozen=True)
class ImageRule:
    """How a picture becomes an input tensor: ``(pixel - mean) / std``, after the resize rule.

    ``mean`` and ``std`` are in pixel units (0..255), in the order of ``colour_order``.
    """

    colour_order: str
    mean: tuple[float, ...]
    std: tuple[float, ...]
    resize: str
    pad_value: int


@dataclass(frozen=True)
class ModelFile:
    """One file of a model folder, as the manifest vouches for it."""

    name: str
    sha256: str
    bytes: int
    precision: str | None = None
    opset: int | None = None


@dataclass(frozen=True)
class Manifest:
    """A validated manifest. The schema is ``manifest.schema.json`` beside this module."""

    name: str
    version: int
    task: str
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    image_rules: Mapping[str, ImageRule]
    decoder: Mapping[str, Any]
    classes: tuple[str, ...]
    thresholds: Mapping[str, float]
    files: Mapping[str, ModelFile]
    provenance: Mapping[str, Any]
    metrics: Mapping[str, Mapping[str, Any]]
    licence: Mapping[str, str]
    settings: Mapping[str, Any]

    @property
    def precisions(self) -> tuple[str, ...]:
        """Give the precisions that this model holds an ONNX file for, coarsest last."""
        held = {file.precision for file in self.files.values() if file.name.endswith('.onnx')}
        return tuple(name for name in ('fp32', 'fp16', 'int8') if name in held)

    def onnx_file(self, precision: str) -> ModelFile:
        """Give the ONNX file of a precision.

        Raises:
            ModelError: the model has no such file.
        """
        for file in self.files.values():
            if file.precision == precision and file.name.endswith('.onnx'):
                return file
        raise ModelError(
            f'{self.name}@{self.version} has no {precision} file, only {", ".join(self.precisions)}'
        )


@functools.cache
def _validator() -> Any:
    import jsonschema  # 0.1 s to import: only where a manifest is really read

    schema = json.loads((Path(__file__).parent / 'manifest.schema.json').read_text())
    return jsonschema.Draft202012Validator(schema)


def parse_manifest(data: bytes, origin: str) -> Manifest:
    """Check the text of a manifest against the schema and give it as an object.

    Args:
        data: the content of a ``manifest.json``.
        origin: where it came from; named in every error.

    Raises:
        ModelError: it is no JSON, of an unknown version, or breaks the schema.
    """
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ModelError(
            f'{origin} is not valid JSON ({error}): publish the model again'
        ) from error
    if not isinstance(content, dict):
        raise ModelError(f'{origin} is not a JSON object: publish the model again')
    version = content.get('manifest_version')
    if version != MANIFEST_VERSION or isinstance(version, bool):
        raise ModelError(
            f'{origin} has manifest_version {version!r}, this package reads '
            f'{MANIFEST_VERSION}: update factory_perception or export the model again'
        )
    _check_schema(content, origin)
    _check_meaning(content, origin)
    return _build(content)


def _check_schema(content: Any, origin: str) -> None:
    import jsonschema

    try:
        error = jsonschema.exceptions.best_match(_validator().iter_errors(content))
    except RecursionError as too_deep:
        raise ModelError(f'{origin} is nested too deeply to be a manifest') from too_deep
    if error is not None:
        place = '.'.join(str(part) for part in error.absolute_path) or 'the top level'
        raise ModelError(f'{origin}: {place}: {error.message[:300]}')


def _check_meaning(content: dict[str, Any], origin: str) -> None:
    """Check what a schema cannot say."""
    names = [tensor['name'] for tensor in content['inputs'] + content['outputs']]
    if len(set(names)) != len(names):
        raise ModelError(f'{origin}: two tensors have the same name among {", ".join(names)}')
    for tensor in content['inputs']:
        rule = tensor.get('image')
        if rule is None:
            continue
        channels = 1 if rule['colour_order'] == 'grey' else 3
        shape = tensor['shape']
        if len(shape) != 4 or shape[1] != channels:
            raise ModelError(
                f'{origin}: input {tensor["name"]} takes a {rule["colour_order"]} '
                f'image, so its shape must be [batch, {channels}, height, width], '
                f'not {shape}'
            )
        if len(rule['mean']) != channels or len(rule['std']) != channels:
            raise ModelError(
                f'{origin}: input {tensor["name"]} needs {channels} values each in mean and std'
            )
    if content['task'] in ('detect', 'classify', 'segment') and 'classes' not in content:
        raise ModelError(f'{origin}: a model for {content["task"]} needs "classes"')


def _build(content: dict[str, Any]) -> Manifest:
    def spec(tensor: dict[str, Any]) -> TensorSpec:
        shape = tuple(None if size == 'batch' else size for size in tensor['shape'])
        return TensorSpec(tensor['name'], tensor['dtype'], shape)

    rules = {
        tensor['name']: ImageRule(
            rule['colour_order'],
            tuple(rule['mean']),
            tuple(rule['std']),
            rule['resize'],
            rule['pad_value'],
        )
        for tensor in content['inputs']
        if (rule := tensor.get('image'))
    }
    files = {
        name: ModelFile(
            name, file['sha256'], file['bytes'], file.get('precision'), file.get('opset')
        )
        for name, file in content['files'].items()
    }
    return Manifest(
        content['name'],
        content['version'],
        content['task'],
        tuple(map(spec, content['inputs'])),
        tuple(map(spec, content['outputs'])),
        rules,
        content.get('decoder', {}),
        tuple(content.get('classes', ())),
        content.get('thresholds', {}),
        files,
        content['provenance'],
        content['metrics'],
        content['licence'],
        content.get('settings', {}),
    )
