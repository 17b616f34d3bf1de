"""A report as one HTML file: no script, nothing loaded from anywhere."""

from __future__ import annotations

from factory_perception.training.report.html_parts import part_html
from factory_perception.training.report.report import Headline, Report, Section
from factory_perception.training.report.style import STYLE
from factory_perception.training.report.text import escaped, number

#: The browser itself refuses whatever is not in the file.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def page(report: Report) -> str:
    """Give a report as HTML."""
    sections = ''.join(_section(section, index) for index, section in enumerate(report.sections, 1))
    links = ''.join(
        f'<a href="#s{index}">{escaped(section.title)}</a>'
        for index, section in enumerate(report.sections, 1)
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<title>{escaped(report.title)}</title><style>{STYLE}</style></head><body><main>'
        f'<h1>{escaped(report.title)}</h1><p class="sub">{escaped(report.subtitle)}</p>'
        f'<div class="top"><div class="heads">{"".join(map(_headline, report.headlines))}</div>'
        f'{_points(report)}</div><nav>{links}</nav>{sections}'
        '<footer>Made by factory_perception. The numbers behind every figure: report.json.</footer>'
        '</main></body></html>\n'
    )


def _headline(one: Headline) -> str:
    def say(value: float) -> str:
        if one.share and value == value:
            return f'{100 * value:.1f} %'
        return number(value, 3 if one.most <= 1 else 2)

    def at(value: float) -> float:
        """Give a place on the scale in percent; nothing known is at its start."""
        return 100 * min(max(value / one.most, 0.0), 1.0) if value == value else 0.0

    value = one.value
    marks = ''.join(
        f'<i class="other" style="left:{at(place):.1f}%"></i>' for _, place in one.marks
    )
    named = ' · '.join(f'{escaped(name)} {say(place)}' for name, place in one.marks)
    width = max(at(value.high) - at(value.low), 0.5)
    return (
        f'<div class="head"><span class="name">{escaped(one.name)}</span><b>{say(value.value)}</b>'
        f'<span class="sub">95 % interval {say(value.low)} to {say(value.high)}</span>'
        f'<div class="gauge"><i class="rail"></i>'
        f'<i class="range" style="left:{at(value.low):.1f}%;width:{width:.1f}%"></i>'
        f'<i class="at" style="left:{at(value.value):.1f}%"></i>{marks}</div>'
        + (f'<span class="marks">dotted: {named}</span>' if named else '')
        + (f'<p>{escaped(one.said)}</p>' if one.said else '')
        + '</div>'
    )


def _points(report: Report) -> str:
    rows = ''.join(
        f'<dt>{escaped(question)}</dt><dd>'
        + ''.join(f'<p>{escaped(sentence)}</p>' for sentence in sentences)
        + '</dd>'
        for question, sentences in report.points
        if sentences
    )
    return f'<dl class="points">{rows}</dl>'


def _section(section: Section, index: int) -> str:
    lead = f'<p>{escaped(section.lead)}</p>' if section.lead else ''
    parts = ''.join(map(part_html, section.parts))
    return (
        f'<section id="s{index}"><h2>{escaped(section.title)}</h2>{lead}'
        f'<div class="parts">{parts}</div></section>'
    )
