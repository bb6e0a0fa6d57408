"""`python -m tests.unit.trust.shield.learning`: learns the weights of `weighing.py` from all labelled messages."""

import json
import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from math import exp, sqrt
from pathlib import Path
from typing import Final

from chatserver import loadtest
from chatserver.trust.shield import weighing
from chatserver.trust.shield.folding import fold
from chatserver.trust.shield.nouns import Nearby, find_nouns, simpler
from chatserver.trust.shield.values import Value
from chatserver.trust.shield.weighing import KINDS, SIGNS, looks, unnamed, words_around
from tests.unit.trust.shield.figures import HOLD_OUTS, LEARNT, hold_out, sample
from tests.unit.trust.shield.variants import Sample, negatives

DIALOGUES: Final = Path(loadtest.__file__).with_name("dialogues.jsonl")
ROUNDS: Final = 14
STEP: Final = 0.1
DECAY: Final = 1e-6
"""How much of a weight is taken back at a step, for each message that is learnt from."""
LEAST: Final = 2
"""How often a trait is seen before it counts."""
LIGHT: Final = 0.1
"""Weights that change nothing are not kept."""

Example = tuple[set[str], int]
Place = tuple[str, str, Value, Nearby]
"""A value in a text in simplified and in written characters, and the nouns of the text."""


def examples(samples: Iterable[Sample]) -> list[Example]:
    """The traits of every value of the messages, and the place of its kind (that of no secret is the last)."""
    return [(traits(*place), kind) for place, kind in values(samples)]


def values(samples: Iterable[Sample]) -> Iterator[tuple[Place, int]]:
    """Every value of the messages where it stands, and the place of its kind."""
    for one in samples:
        folded = fold(one.text)
        plain = simpler(folded.low)
        nearby = Nearby(find_nouns(plain))
        for value in unnamed(plain, folded.text, None, [], SIGNS):
            start, end = folded.written(value.start, value.end)
            kind = next((k for a, b, k in one.spans if a < end and start < b), "")
            yield (plain, folded.text, value, nearby), KINDS.index(kind) if kind in KINDS else len(KINDS)


def traits(plain: str, text: str, value: Value, nearby: Nearby) -> set[str]:
    """What a value looks like and what stands around it: words alone, and in rows of two and three."""
    before, after = words_around(plain, value)
    found = set(looks(text[value.start : value.end], value, nearby, before, after))
    for words in (before, after):
        found.update(words)
        found.update(map("|".join, pairwise(words)))
        found.update(map("|".join, zip(words, words[1:], words[2:], strict=False)))
    return found


def learn(known: list[Example], seed: int = 1) -> dict[str, list[int]]:
    """Weights in hundredths: a logistic regression, each weight with its own shrinking steps."""
    seen = Counter(trait for found, _ in known for trait in found)
    rows = [([*(trait for trait in sorted(found) if seen[trait] >= LEAST), ""], place) for found, place in known]
    weights = {trait: [0.0] * len(KINDS) for found, _ in rows for trait in found}
    squares = {trait: [1e-6] * len(KINDS) for trait in weights}
    rng, kinds = random.Random(seed), range(len(KINDS))
    for _ in range(ROUNDS):
        rng.shuffle(rows)
        for found, place in rows:
            sums = [sum(column) for column in zip(*[weights[trait] for trait in found], strict=True)]
            odds = [exp(min(20.0, max(-20.0, one))) for one in sums]
            whole = 1 + sum(odds)
            errors = [odds[kind] / whole - (kind == place) for kind in kinds]
            for kind in kinds:
                error = errors[kind]
                if abs(error) < 0.002:
                    continue
                for trait in found:
                    weight, square = weights[trait], squares[trait]
                    slope = error + DECAY * len(rows) * weight[kind]
                    square[kind] += slope * slope
                    weight[kind] -= STEP * slope / sqrt(square[kind])
    return {
        trait: [round(100 * one) for one in weight]
        for trait, weight in sorted(weights.items())
        if trait == "" or max(map(abs, weight)) > LIGHT
    }


def talk() -> list[Sample]:
    """What was said in the dialogues, in which nobody gives a secret away."""
    lines = DIALOGUES.read_text(encoding="utf-8").splitlines()
    return [Sample(turn["text"]) for line in lines for turn in json.loads(line)["turns"]]


def material(without: Iterable[str] = ()) -> list[Sample]:
    """All that is learnt from, except sets by name."""
    names = [name for name in (*HOLD_OUTS, *LEARNT) if name not in without]
    return [*(one for name in names for one in hold_out(name)), *sample(), *negatives(seed=7), *talk()]


def main() -> None:
    """Learn and write the weights; with names of sets, without those."""
    weights = learn(examples(material(sys.argv[1:])))
    file = Path(weighing.__file__).with_name("weights.json")
    lines = [
        f"{json.dumps(trait, ensure_ascii=False)}:{json.dumps(weight, separators=(',', ':'))}"
        for trait, weight in weights.items()
    ]
    file.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    sys.stdout.write(f"{len(weights)} traits, {file.stat().st_size // 1000} kB\n")


if __name__ == "__main__":
    main()
