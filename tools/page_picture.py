"""Photograph a running page with Chromium, for the documentation.

For example, while ``factory_perception demo`` runs::

    python tools/page_picture.py http://127.0.0.1:8088/ docs/images/page.png --seconds 20
"""

from __future__ import annotations

import argparse
from pathlib import Path
import sys
import tempfile
import time

import cv2
import numpy as np

from factory_perception.files import write_atomic

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from test.page.browser import Browser

#: Larger pictures do not belong into a repository.
MOST_BYTES = 300_000


def photograph(address: str, size_wh: tuple[int, int], seconds: float, dark: bool) -> bytes:
    """Give the page as a PNG after so many seconds."""
    with tempfile.TemporaryDirectory() as folder:
        browser = Browser(Path(folder) / 'profile')
        try:
            browser.screen(*size_wh, dark=dark)
            browser.open(address)
            time.sleep(seconds)
            picture = Path(folder) / 'page.png'
            browser.screenshot(picture)
            pixels = cv2.imread(str(picture))
            assert pixels is not None
        finally:
            browser.close()
    fewer_colours = np.bitwise_and(pixels, 0xFC)  # camera noise does not compress
    return cv2.imencode('.png', fewer_colours, [cv2.IMWRITE_PNG_COMPRESSION, 9])[1].tobytes()


def main(arguments: list[str] | None = None) -> int:
    """Write one picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('address')
    parser.add_argument('file', type=Path)
    parser.add_argument('--seconds', type=float, default=20.0, help='let the page live so long')
    parser.add_argument('--width', type=int, default=1280)
    parser.add_argument('--height', type=int, default=960)
    parser.add_argument('--dark', action='store_true')
    options = parser.parse_args(arguments)
    size = (options.width, options.height)
    data = photograph(options.address, size, options.seconds, options.dark)
    if len(data) > MOST_BYTES:
        print(f'{len(data)} bytes are too many; take a smaller size', file=sys.stderr)
        return 1
    write_atomic(options.file.absolute(), data)
    return 0


if __name__ == '__main__':
    sys.exit(main())
