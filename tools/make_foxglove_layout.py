"""Write ``config/foxglove/factory_cell.json``, the layout of the cell for Foxglove.

Needs ``pip install foxglove-sdk`` (MIT); the layout itself needs nothing::

    python tools/make_foxglove_layout.py config/foxglove/factory_cell.json
"""

from __future__ import annotations

import json
from pathlib import Path
import sys

from foxglove.layouts import (
    DiagnosticsSummaryConfig,
    DiagnosticsSummaryPanel,
    ImageConfig,
    ImageModeConfig,
    ImagePanel,
    Layout,
    PlotConfig,
    PlotPanel,
    PlotSeries,
    RawMessagesConfig,
    RawMessagesPanel,
    SplitContainer,
    SplitItem,
)

from factory_perception.files import write_atomic

JOINTS = 6
#: Which point of the forecast is drawn; the third is a quarter second ahead.
POINT = 2
_MEASURED, _FORECAST = '#4e98e2', '#f5774d'


def _joint_plot(joint: int) -> PlotPanel:
    topics = {
        'measured': (f'/joint_states.position[{joint}]', _MEASURED, 'solid'),
        'forecast': (
            f'/motion_predictor/forecast.points[{POINT}].positions[{joint}]',
            _FORECAST,
            'dashed',
        ),
    }
    series = [
        PlotSeries(
            value=value, label=label, color=colour, line_style=style, enabled=True,
            timestamp_method='headerStamp',
        )
        for label, (value, colour, style) in topics.items()
    ]  # fmt: skip
    config = PlotConfig(
        paths=series, x_axis_val='timestamp', following_view_width=10.0, show_legend=joint == 0
    )
    return PlotPanel(title=f'Joint {joint + 1}, rad', config=config)


def _split(direction: str, *parts: tuple[float, object]) -> SplitContainer:
    items = [SplitItem(proportion=share, content=content) for share, content in parts]
    return SplitContainer(direction=direction, items=items)


def layout() -> Layout:
    """Give the layout: picture and health on the left, joints and events on the right."""
    picture = ImagePanel(
        title='Detections',
        config=ImageConfig(image_mode=ImageModeConfig(image_topic='/detector/overlay')),
    )
    health = DiagnosticsSummaryPanel(
        title='Health',
        config=DiagnosticsSummaryConfig(
            topic_to_render='/diagnostics', min_level=0, sort_by_level=True, seconds_until_stale=5
        ),
    )
    events = RawMessagesPanel(
        title='Events', config=RawMessagesConfig(topic_path='/fault_diagnoser/events.data')
    )
    joints = _split('column', *[(1, _joint_plot(joint)) for joint in range(JOINTS)])
    left = _split('column', (3, picture), (2, health))
    right = _split('column', (4, joints), (1, events))
    return Layout(content=_split('row', (1, left), (1, right)))


def layout_text() -> str:
    """Give the file."""
    return json.dumps(json.loads(layout().to_json()), indent=2) + '\n'


def main(arguments: list[str]) -> int:
    """Write the layout."""
    (path,) = map(Path, arguments)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path.absolute(), layout_text().encode())
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
