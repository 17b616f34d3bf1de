"""Drawing on sheets: colours, words and tiles side by side."""

from __future__ import annotations

from collections.abc import Sequence
import colorsys
import math

import cv2
import numpy as np
from numpy.typing import NDArray

from factory_perception.vision.colours import Colour

_FONT = cv2.FONT_HERSHEY_SIMPLEX
GROUND: Colour = (40, 36, 32)
INK: Colour = (225, 225, 225)


def palette(names: Sequence[str], alarm: bool = False) -> dict[str, Colour]:
    """Give every name a colour: from red to yellow for alarms, else from green to pink."""
    first, last = (0.0, 0.16) if alarm else (0.25, 0.9)
    colours = {}
    for place, name in enumerate(names):
        hue = first + (last - first) * place / max(len(names), 1)
        rgb = colorsys.hsv_to_rgb(hue, 0.6 if place % 2 else 0.95, 1.0)
        colours[name] = (round(rgb[2] * 255), round(rgb[1] * 255), round(rgb[0] * 255))
    return colours


def write(
    image: NDArray[np.uint8], text: str, left_baseline: tuple[int, int], colour: Colour = INK,
    scale: float = 0.42,
) -> None:  # fmt: skip
    """Write a line of text; letters that the font lacks become question marks."""
    plain = text.encode('ascii', 'replace').decode()
    cv2.putText(image, plain, left_baseline, _FONT, scale, colour, 1, cv2.LINE_AA)


def tag(image: NDArray[np.uint8], text: str, left_bottom: tuple[int, int], colour: Colour) -> None:
    """Write a short text on a coloured field, moved so that it stays in the picture."""
    (width, height), _ = cv2.getTextSize(text, _FONT, 0.38, 1)
    left = max(0, min(left_bottom[0], image.shape[1] - width - 4))
    bottom = max(height + 5, min(left_bottom[1], image.shape[0]))
    cv2.rectangle(image, (left, bottom - height - 5), (left + width + 4, bottom), colour, -1)
    ink = (20, 20, 20) if sum(colour) > 300 else (255, 255, 255)
    write(image, text, (left + 2, bottom - 3), ink, 0.38)


def shortened(text: str, most: int) -> str:
    """Keep the end of a long name."""
    return text if len(text) <= most else '...' + text[3 - most :]


def grid(tiles: Sequence[NDArray[np.uint8]], columns: int) -> NDArray[np.uint8]:
    """Put tiles of one size side by side, row after row."""
    height, width = tiles[0].shape[:2]
    rows = math.ceil(len(tiles) / columns)
    sheet = np.full((rows * (height + 6), columns * (width + 6), 3), GROUND, np.uint8)
    for place, tile in enumerate(tiles):
        top, left = place // columns * (height + 6) + 3, place % columns * (width + 6) + 3
        sheet[top : top + height, left : left + width] = tile
    return sheet


def headed(sheet: NDArray[np.uint8], title: str, legend: dict[str, Colour]) -> NDArray[np.uint8]:
    """Put a title and the names with their colours above a sheet."""
    words = [(name, 26 + cv2.getTextSize(name, _FONT, 0.42, 1)[0][0]) for name in legend]
    lines: list[list[str]] = [[]]
    room = sheet.shape[1] - 16
    for name, width in words:
        if width > room and lines[-1]:
            lines.append([])
            room = sheet.shape[1] - 16
        lines[-1].append(name)
        room -= width
    head = np.full((30 + 20 * len(lines), sheet.shape[1], 3), GROUND, np.uint8)
    write(head, title, (8, 19), scale=0.5)
    widths = dict(words)
    for row, names in enumerate(lines):
        left = 8
        for name in names:
            cv2.rectangle(head, (left, 30 + 20 * row), (left + 12, 42 + 20 * row), legend[name], -1)
            write(head, name, (left + 17, 41 + 20 * row))
            left += widths[name]
    return np.vstack([head, sheet])
