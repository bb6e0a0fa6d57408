"""What belongs to the company: its domains, names and addresses; everything else is foreign."""

import re
from functools import cached_property
from typing import Final, Protocol

from chatserver.trust.links.lookalike import skeleton

SHORTEST_NAME: Final = 4
"""Letters of a name that is looked for in hosts; shorter ones stand in any word."""


class Official:
    """The domains (their subdomains too), e-mail addresses and names that are the company's own."""

    def __init__(self, domains: list[str], names: list[str] | None = None, emails: list[str] | None = None) -> None:
        self.domains = frozenset(domain.strip().strip(".").lower() for domain in domains if domain.strip())
        self.emails = frozenset(email.strip().lower() for email in emails or [] if email.strip())
        self.names = tuple(name.strip() for name in names or [] if name.strip())

    def owns(self, host: str) -> bool:
        """Whether a host is an official domain or below one."""
        return any(host == domain or host.endswith(f".{domain}") for domain in self.domains)

    @cached_property
    def cores(self) -> tuple[str, ...]:
        """What an imitation of a host imitates: the main label of each domain and the names, as skeletons."""
        labels = {domain.split(".")[0] for domain in self.domains} | {
            domain.replace(".", "") for domain in self.domains
        }
        labels |= {re.sub(r"\s+", "", name) for name in self.names}
        return tuple(
            sorted({core for label in labels if len(core := skeleton(label)) >= SHORTEST_NAME or not label.isascii()})
        )

    @cached_property
    def spoken(self) -> tuple[str, ...]:
        """Names as they stand in a sentence, in small letters."""
        return tuple({name.lower() for name in self.names} | {core for core in self.cores if len(core) > SHORTEST_NAME})


def listed(text: str) -> list[str]:
    """The parts of a setting that holds a list: by commas or spaces."""
    return [part for part in re.split(r"[,;\s]+", text) if part]


class Said(Protocol):
    """Settings that say what is the company's own, as lists with commas between."""

    @property
    def official_domains(self) -> str: ...
    @property
    def official_names(self) -> str: ...
    @property
    def official_emails(self) -> str: ...


def official_of(said: Said) -> Official:
    """What settings say; names may have spaces in them."""
    return Official(listed(said.official_domains), said.official_names.split(","), listed(said.official_emails))
