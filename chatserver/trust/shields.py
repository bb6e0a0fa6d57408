"""Both shields over a file of messages, for whoever wants to measure them: `chatserver shield FILE`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chatserver.trust.links import Official, impersonates, judge
from chatserver.trust.links.official import Said, official_of
from chatserver.trust.outbound.rules import stopped
from chatserver.trust.shield.shield import SecretShield


def judged(file: Path, official: Path | None, said: Said) -> Iterator[str]:
    """A JSON line for each message: `{spans, urls, impersonation, outbound}`; places are code points, ends exclusive.

    `outbound` is what would stop the text if an agent wrote it. Raises `OSError`, and `ValueError` for other files.
    """
    ours = official_of(said) if official is None else _read(official)
    shield = SecretShield(contacts=True)
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.dumps(_verdicts(json.loads(line)["text"], shield, ours), ensure_ascii=False)


def _verdicts(text: str, shield: SecretShield, official: Official) -> dict[str, Any]:
    links = judge(text, official)
    return {
        "spans": [{"start": start, "end": end, "type": kind} for start, end, kind in shield.find(text)],
        "urls": [
            {
                "url": one.url,
                "start": one.start,
                "end": one.end,
                "host": one.host,
                "verdict": one.verdict,
                "reasons": one.reasons,
            }
            for one in links
        ],
        "impersonation": impersonates(text, official),
        "outbound": stopped(text, official),
    }


def _read(file: Path) -> Official:
    said = json.loads(file.read_text(encoding="utf-8"))
    return Official(said.get("domains", []), said.get("brand", []), said.get("emails", []))
