"""Reference pages for operators: settings, Redis scripts, command line."""

import re
from importlib import resources
from typing import Any

from chatserver.gen.markdown import page, table
from chatserver.settings import described


def settings() -> str:
    """The page of the settings."""
    rows = [(f"`{name}`", f"`{default}`" if default else "", meaning) for name, default, meaning in described()]
    note = "Settings are environment variables; `chatserver settings` prints them. An empty value is the same as none."
    return page("Settings", note, table(("variable", "default", "meaning"), rows))


def scripts() -> dict[str, str]:
    """The header of every Redis script, by file name."""
    folder = resources.files("chatserver.desk") / "lua"
    files = sorted((one for one in folder.iterdir() if one.name.endswith(".lua")), key=lambda one: one.name)
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
        "Every step in Redis that must not be cut in two is one of these scripts. All keys carry the tag of their desk."
    )
    return page("Redis scripts", note, *sections)


def programs() -> dict[str, Any]:
    """Every command of the command line, by the words that call it."""
    from typer.main import get_command

    from chatserver.cli import app

    return dict(_leaves("chatserver", get_command(app)))


def _leaves(name: str, command: Any) -> list[tuple[str, Any]]:
    inner = getattr(command, "commands", None)
    if not inner:
        return [(name, command)]
    return [leaf for word, one in inner.items() for leaf in _leaves(f"{name} {word}", one)]


def command_line() -> str:
    """The page of the command line."""
    found = programs()
    overview = [(f"`{name}`", summary_of(command)) for name, command in found.items()]
    sections = [_program(name, command) for name, command in found.items()]
    return page("Command line", table(("command", "what it does"), overview), *sections)


def summary_of(command: Any) -> str:
    """The first paragraph of a command's help."""
    return " ".join((command.help or "").partition("\n\n")[0].split())


def _program(name: str, command: Any) -> str:
    parts = [f"## {name}", " ".join((command.help or "").split())]
    rows = [
        (f"`{_usage(one)}`", _default(one), " ".join((getattr(one, "help", None) or "").split()))
        for one in command.params
        if one.name != "help"
    ]
    if rows:
        parts.append(table(("parameter", "default", "meaning"), rows))
    return "\n\n".join(parts)


def _usage(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return str(parameter.human_readable_name)
    return ", ".join(parameter.opts)


def _default(parameter: Any) -> str:
    default = parameter.default
    if default is None or callable(default) or default in ("", (), [], False):
        return "required" if parameter.required else ""
    return f"`{default}`"
