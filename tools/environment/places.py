"""Where the environment and what decides about it lie."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / '.venv'
PINS = ROOT / 'tools' / 'pins'
MESSAGES = ROOT / 'tools' / 'interfaces' / 'vision_msgs'
#: Wheels that are built here.
WHEELS = ROOT / '.cache' / 'wheels'
