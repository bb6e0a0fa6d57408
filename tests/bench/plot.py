"""Curves as SVG: both axes logarithmic, as loads and latencies are compared by ratio."""

import math
from collections.abc import Mapping, Sequence
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Final

Curve = Sequence[tuple[float, float]]

PICTURES: Final = Path("docs/pictures")
"""Where scenes put their pictures, seen from the checkout."""

WIDTH: Final = 640
HEIGHT: Final = 320
LEFT: Final = 64
RIGHT: Final = 120
TOP: Final = 36
BOTTOM: Final = 44
FONT: Final = 'font-family="system-ui, sans-serif" font-size="12"'
COLOURS: Final = ("#0b6e99", "#c2410c", "#6b7280", "#15803d", "#7e22ce")


def svg_of(title: str, across: str, up: str, curves: Mapping[str, Curve]) -> str:
    """A picture of some curves with positive values, each with its name at its end."""
    points = [point for curve in curves.values() for point in curve]
    x_range = _decades([x for x, _ in points])
    y_range = _decades([y for _, y in points])
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" {FONT}>',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="20" font-size="14" font-weight="600" fill="#111827">{escape(title)}</text>',
    ]
    parts += [_upright(x, _x(x, x_range)) for x in _ticks(x_range)]
    parts += [_level(y, _y(y, y_range)) for y in _ticks(y_range)]
    parts.append(_label((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, across, anchor="middle"))
    parts.append(_label(LEFT, TOP - 6, up, anchor="end"))
    ends = _apart({name: _y(curve[-1][1], y_range) for name, curve in curves.items()})
    for colour, (name, curve) in zip(COLOURS, curves.items(), strict=False):
        places = [(_x(x, x_range), _y(y, y_range)) for x, y in curve]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
        parts.append(
            f'<text x="{places[-1][0] + 8:.1f}" y="{ends[name] + 4:.1f}" fill="{colour}">{escape(name)}</text>'
        )
    return "\n".join([*parts, "</svg>", ""])


def _decades(values: Sequence[float]) -> tuple[float, float]:
    """The exponents between which all values lie, to the nearest 1, 2 or 5."""
    low, high = min(values), max(values)
    steps = [math.log10(digit * 10.0**power) for power in range(-4, 9) for digit in (1, 2, 5)]
    begin = max(step for step in steps if 10**step <= low * 1.001)
    end = min(step for step in steps if 10**step >= high * 0.999)
    return begin, end if end > begin else begin + 1


def _ticks(reach: tuple[float, float]) -> list[float]:
    digits = (1, 2, 5) if reach[1] - reach[0] < 2.5 else (1,)
    found = [digit * 10.0**power for power in range(-4, 9) for digit in digits]
    return [one for one in found if reach[0] - 1e-6 <= math.log10(one) <= reach[1] + 1e-6]


def _x(value: float, reach: tuple[float, float]) -> float:
    return LEFT + (math.log10(value) - reach[0]) / (reach[1] - reach[0]) * (WIDTH - LEFT - RIGHT)


def _y(value: float, reach: tuple[float, float]) -> float:
    return HEIGHT - BOTTOM - (math.log10(value) - reach[0]) / (reach[1] - reach[0]) * (HEIGHT - TOP - BOTTOM)


def _upright(value: float, x: float) -> str:
    line = f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}" stroke="#e5e7eb"/>'
    return line + _label(x, HEIGHT - BOTTOM + 16, _short(value), anchor="middle")


def _level(value: float, y: float) -> str:
    line = f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#e5e7eb"/>'
    return line + _label(LEFT - 6, y + 4, _short(value), anchor="end")


def _label(x: float, y: float, text: str, *, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="#374151">{escape(text)}</text>'


def _short(value: float) -> str:
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


def _apart(places: Mapping[str, float]) -> dict[str, float]:
    """Heights of names, moved down until none covers another."""
    ordered = sorted(places, key=lambda name: places[name])
    found = dict(places)
    for above, below in pairwise(ordered):
        found[below] = max(found[below], found[above] + 14)
    return found
