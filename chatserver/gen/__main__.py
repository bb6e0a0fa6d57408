"""`python -m chatserver.gen`: write everything that is generated; with `--check` only say what is stale."""

import sys
from pathlib import Path
from typing import Any, Final

import msgspec

from chatserver.gen import asyncapi, manual, openapi, reference, shield_words, typescript
from chatserver.gen.schemas import vocabulary

CHECKOUT: Final = Path(__file__).parents[2]


def outputs() -> dict[str, str]:
    """The text of every generated file, by its path in the checkout."""
    words = vocabulary()
    return {
        "docs/reference/asyncapi.json": _json(asyncapi.document(words)),
        "docs/reference/openapi.json": _json(openapi.document(words)),
        "docs/reference/commands.md": reference.commands(words),
        "docs/reference/events.md": reference.events(words),
        "docs/reference/types.md": reference.types(words),
        "docs/reference/errors.md": reference.errors(),
        "docs/reference/http.md": reference.http(words),
        "docs/reference/settings.md": manual.settings(),
        "docs/reference/redis-scripts.md": manual.redis_scripts(),
        "docs/reference/command-line.md": manual.command_line(),
        "web_widget/shared/src/generated/protocol.ts": typescript.protocol(words),
        "web_widget/shared/src/generated/shield_words.ts": shield_words.module(),
    }


def _json(document: dict[str, Any]) -> str:
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def stale(checkout: Path = CHECKOUT) -> list[str]:
    """The generated files that are missing or differ from what would be written now."""
    return [name for name, text in outputs().items() if _present(checkout / name) != text]


def _present(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.exists() else None


def write(checkout: Path = CHECKOUT) -> list[str]:
    """Write what is stale; returns the names of the files written."""
    texts = outputs()
    changed = [name for name, text in texts.items() if _present(checkout / name) != text]
    for name in changed:
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).write_text(texts[name], encoding="utf-8")
    return changed


def main(arguments: list[str]) -> int:
    """Write, or check with `--check`; 0 when all is fresh, 1 when the check found stale files, 2 on a wrong call."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write("usage: python -m chatserver.gen [--check]\n")
        return 2
    if not arguments:
        sys.stdout.write("".join(f"wrote {name}\n" for name in write()))
        return 0
    names = stale()
    sys.stderr.write("".join(f"stale: {name} (python3 dev.py gen)\n" for name in names))
    return 1 if names else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
