"""Figures as a table a person reads: medians, best rounds, and ratios against the peers of the same run."""

from collections.abc import Sequence
from statistics import median

from tests.bench.scenes import Figures


def table_of(figures: Sequence[Figures]) -> str:
    """Markdown: a row a figure, a column a contender, then the product's ratio to each peer."""
    names = list(dict.fromkeys(name for one in figures for name in one.values))
    peers = [name for name in names if name != "product"] if "product" in names else []
    head = ["figure", *(f"{name}: median (best)" for name in names), *(f"product / {name}" for name in peers)]
    rows = [head, ["---"] + ["---:"] * (len(head) - 1)]
    rows += [_row(one, names, peers) for one in figures]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(one: Figures, names: Sequence[str], peers: Sequence[str]) -> list[str]:
    cells = [_cell(one, name) if name in one.values else "" for name in names]
    ratios = [_ratio(one, name) if {name, "product"} <= one.values.keys() else "" for name in peers]
    return [f"{one.title}, {one.unit}", *cells, *ratios]


def _cell(one: Figures, name: str) -> str:
    best = max if one.better == "higher" else min
    return f"{one.median(name):,.{one.digits}f} ({best(one.values[name]):,.{one.digits}f})"


def _ratio(one: Figures, name: str) -> str:
    """The median of the ratios round by round: what a noisy machine does to both cancels out."""
    both = zip(one.values["product"], one.values[name], strict=True)
    ratios = [ours / theirs for ours, theirs in both if theirs]
    return f"{median(ratios):.2f}" if ratios else ""
