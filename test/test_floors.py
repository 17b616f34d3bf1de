"""The house plan, held by import-linter: a room imports only from the floors below its own."""

from __future__ import annotations

from pathlib import Path
import subprocess
import sys

ROOT = Path(__file__).resolve().parent.parent


def test_every_import_goes_down():
    command = [str(Path(sys.executable).parent / 'lint-imports'), '--no-cache']
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


def test_the_package_itself_needs_nothing_heavy():
    code = (
        'import sys, factory_perception; '
        'heavy = {"torch", "cv2", "rclpy", "onnxruntime", "tensorrt"} & set(sys.modules); '
        'sys.exit(", ".join(heavy) or 0)'
    )
    result = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
