"""`python -m tests.unit.trust.shield.figures`: what the shield finds, by type, and what it costs."""

import json
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from chatserver.trust.shield.shield import SecretShield
from tests.unit.trust.shield.variants import Sample, negatives, positives

DATA: Final = Path(__file__).parents[3] / "data"
HOLD_OUTS: Final = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh"),
)
"""Messages written by hand before the shield was tried on them, in this order."""
LEARNT: Final = (
    *("told_chinese", "told_english", "pasted", "cards", "passwords", "lives_chinese", "lives_english"),
    *("losses_chinese", "losses_english", "numbers", "odd", "codes", "habits"),
)
"""Messages written by hand to learn weights from, as are those above."""
UNSEEN: Final = "unseen"
"""Messages that nothing is learnt from, nor a rule written for: how the shield does on what is new to it."""
CALM: Final = {
    "English": "Hello, I tried to withdraw 250 USDT yesterday at 18:40 and it still says pending. I checked the order "
    "number 28656307378584 twice. ",
    "Chinese": "您好，我昨天下午提现了两百五十个泰达币，到现在还显示处理中。我已经核对过地址和网络，"
    "订单号是28656307378584，请帮我查一下是什么原因。",
}
"""Ordinary talk in both languages; repeated to the length that is measured."""


def sample() -> list[Sample]:
    """The messages of the sample."""
    return read(DATA / "secrets.jsonl")


def hold_out(name: str) -> list[Sample]:
    """The messages of a set that was held out."""
    return read(DATA / "shield" / f"{name}.jsonl")


def read(file: Path) -> list[Sample]:
    """Messages, a JSON line each."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [Sample(row["text"], tuple((s["start"], s["end"], s["type"]) for s in row["spans"])) for row in rows]


def missed(shield: SecretShield, samples: Iterable[Sample]) -> list[tuple[Sample, tuple[int, int, str]]]:
    """Secrets of which the shield leaves a character, or which it calls something else."""
    lost = []
    for one in samples:
        found = shield.find(one.text)
        for span in one.spans:
            if not any(a <= span[0] and span[1] <= b and kind == span[2] for a, b, kind in found):
                lost.append((one, span))  # noqa: PERF401
    return lost


def false_alarms(shield: SecretShield, samples: Iterable[Sample]) -> list[Sample]:
    """Clean messages in which the shield finds something."""
    return [one for one in samples if not one.spans and shield.find(one.text)]


def microseconds(shield: SecretShield, text: str, rounds: int = 200) -> float:
    """Time of one call when nothing else wanted the machine: the best of many."""
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        shield.clean(text)
        best = min(best, time.perf_counter() - start)
    return best * 1e6


def table(title: str, samples: list[Sample]) -> str:
    """Recall by type and false alarms, as a table of Markdown."""
    shield = SecretShield(contacts=True)
    total = Counter(kind for one in samples for *_, kind in one.spans)
    lost = Counter(span[2] for _, span in missed(shield, samples))
    lines = [f"### {title}", "", "| type | secrets | found |", "| --- | ---: | ---: |"]
    lines += [
        f"| `{kind}` | {count} | {100 * (count - lost[kind]) / count:.1f} % |" for kind, count in sorted(total.items())
    ]
    clean = [one for one in samples if not one.spans]
    alarms = len(false_alarms(shield, clean))
    return "\n".join(
        [*lines, f"| clean messages | {len(clean)} | {100 * alarms / max(1, len(clean)):.2f} % false alarms |", ""]
    )


def costs() -> str:
    """Microseconds by length and language."""
    shield = SecretShield()
    lines = ["### Time", "", "| message | characters | µs |", "| --- | ---: | ---: |"]
    for name, talk in CALM.items():
        for length in (100, 500, 1_000, 4_000):
            text = (talk * (length // len(talk) + 1))[:length]
            lines.append(f"| {name} | {length} | {microseconds(shield, text):.0f} |")
    return "\n".join(lines)


def main() -> None:
    """Print all tables."""
    made = [*positives(seed=7), *negatives(seed=7)]
    held = [table(f"The set `{name}`", hold_out(name)) for name in (UNSEEN, *HOLD_OUTS, *LEARNT)]
    tables = [table("The sample", sample()), table("Made from a seed", made), *held, costs()]
    sys.stdout.write("\n".join(tables) + "\n")
    if "--missed" in sys.argv:
        shield = SecretShield(contacts=True)
        every = [*made, *(one for name in HOLD_OUTS for one in hold_out(name))]
        for one, (start, end, kind) in missed(shield, every):
            got = [(one.text[a:b], c) for a, b, c in shield.find(one.text)]
            sys.stdout.write(f"MISSED {kind} {one.text[start:end]!r} in {one.text!r}: {got}\n")
        for one in false_alarms(shield, every):
            sys.stdout.write(f"ALARM {one.text!r}: {[(one.text[a:b], c) for a, b, c in shield.find(one.text)]}\n")


if __name__ == "__main__":
    main()
