"""Reference pages for operators: settings, Redis scripts, command line."""

import re
from importlib import resources
from typing import Any

from typer.main import get_command

from chatserver.cli import app
from chatserver.gen.markdown import page, table
from chatserver.gen.prose import prose, summary
from chatserver.settings import described


def settings() -> str:
    """The page of the settings."""
    rows = [(f"`{name}`", f"`{default}`" if default else "", meaning) for name, default, meaning in described()]
    note = "Settings are environment variables; `chatserver settings` prints them. An empty value is the same as none."
    return page("Settings", note, table(("variable", "default", "meaning"), rows))


def scripts() -> dict[str, str]:
    """The header of every Redis script, by file name."""
    folders = [resources.files(f"chatserver.{part}") / "lua" for part in ("desk", "infra")]
    found = [one for folder in folders for one in folder.iterdir() if one.name.endswith(".lua")]
    files = sorted(found, key=lambda one: one.name)
    return {one.name: header_of(one.read_text(encoding="utf-8")) for one in files}


def header_of(script: str) -> str:
    """The comment at the top of a script, without its dashes."""
    lines = []
    for line in script.splitlines():
        if not line.startswith("--"):
            break
        lines.append(re.sub(r"^-- ?", "", line).rstrip())
    return "\n".join(lines).strip()


def redis_scripts() -> str:
    """The page of the Redis scripts."""
    sections = []
    for name, header in scripts().items():
        sentence, _, rest = header.partition("\n\n")
        sections.append(f"## {name}\n\n{' '.join(sentence.split())}\n\n```\n{rest}\n```")
    note = (
        "Every step in Redis that must not be cut in two is one of these scripts. All keys of a desk carry its tag; "
        "those of an identity have its name, so that identities spread over a cluster."
    )
    return page("Redis scripts", note, *sections)


def programs() -> dict[str, Any]:
    """Every command of the command line, by the words that call it."""
    return dict(_leaves("chatserver", get_command(app)))


def _leaves(name: str, command: Any) -> list[tuple[str, Any]]:
    inner = getattr(command, "commands", None)
    if not inner:
        return [(name, command)]
    return [leaf for word, one in inner.items() for leaf in _leaves(f"{name} {word}", one)]


def command_line() -> str:
    """The page of the command line."""
    found = programs()
    overview = [(f"`{name}`", summary(command.help)) for name, command in found.items()]
    sections = [_program(name, command) for name, command in found.items()]
    return page("Command line", table(("command", "what it does"), overview), *sections)


def _program(name: str, command: Any) -> str:
    shown = [one for one in command.params if one.name != "help" and not one.hidden]
    call = " ".join([name, *map(_usage, shown)])
    rows = [
        (f"`{one.opts[0]}`", _default(one), prose(one.help)) for one in shown if one.opts[0].startswith("-") or one.help
    ]
    parameters = table(("parameter", "default", "meaning"), rows) if rows else ""
    return "\n\n".join(filter(None, [f"## {name}", prose(command.help), f"```\n{call}\n```", parameters]))


def _usage(parameter: Any) -> str:
    word = parameter.opts[0]
    is_flag = getattr(parameter, "is_flag", False)
    call = word.upper() if not word.startswith("-") else word if is_flag else f"{word} {parameter.name.upper()}"
    many = "…" if parameter.multiple or parameter.nargs == -1 else ""
    return f"{call}{many}" if parameter.required else f"[{call}]{many}"


def _default(parameter: Any) -> str:
    if parameter.required:
        return "required"
    return "" if parameter.default in (None, False, "", (), []) else f"`{parameter.default}`"
