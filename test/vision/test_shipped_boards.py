"""The board of the tutorial: drawn as its page says, seen by the model that is shipped."""

from __future__ import annotations

from pathlib import Path
import re
import subprocess
import sys

from factory_perception.engines.selection import open_engine
from factory_perception.model_store.store import ModelStore
from factory_perception.vision.detector import Detector
from factory_perception.vision.image_view import ColourImage
from factory_perception.vision.pictures import read_picture

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / 'docs/tutorials/compare-with-a-template.md'


def test_the_board_of_the_tutorial_has_the_defects_that_it_names(tmp_path):
    found = re.search(r'python3 -c "\n(.*?)"\n```', PAGE.read_text(), re.DOTALL)
    (tmp_path / 'boards').mkdir()
    subprocess.run([sys.executable, '-c', found[1]], cwd=tmp_path, check=True)
    board, template = (
        [ColourImage(read_picture(tmp_path / name), 'bgr')]
        for name in ('boards/board.png', 'faultless.png')
    )
    folder = ModelStore((ROOT / 'models',)).find('pcb_template')
    with open_engine(folder, 'onnxruntime', 'fp32') as engine:
        detector = Detector(folder, engine)
        (seen,), _ = detector.detect(board, template)
        (nothing,), _ = detector.detect(template, template)
    names = [folder.manifest.classes[index] for index in seen.class_ids]
    assert sorted(names) == sorted(folder.manifest.classes)
    assert not len(nothing)
