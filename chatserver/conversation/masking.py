"""What staff see of who somebody is before they have said why they need to know more. Pure."""

import re
from typing import Final

_CJK: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_COMPOUND: Final = re.compile(
    "欧阳|太史|端木|上官|司马|东方|独孤|南宫|万俟|闻人|夏侯|诸葛|尉迟|公羊|赫连|澹台|皇甫|宗政|濮阳|公冶|"
    "申屠|公孙|慕容|钟离|长孙|宇文|司徒|鲜于|司空|令狐|歐陽|東方|獨孤|諸葛|尉遲|慕容|鍾離|長孫|鮮于"
)
"""Chinese family names of two characters."""

HIDDEN: Final = "***"


def masked_name(name: str) -> str:
    """The first name of `Lin Wei` (`Lin`), the family name of `林小美` (`林**`): enough to address somebody."""
    name = name.strip()
    if not name:
        return ""
    if _CJK.match(name):
        family = name[:2] if _COMPOUND.match(name) and len(name) > 2 else name[:1]
        return family if len(name) == len(family) else f"{family}**"
    return name.split()[0]


def name_for_agents(user: str, name: str) -> str:
    """A user's name in lists and look-ups for agents; that of a visitor is one that we made up."""
    return name if user.startswith("v_") else masked_name(name)


def masked_email(email: str) -> str:
    """`l***@example.com`: whether it is the one that somebody names can be told, not what it is."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}{HIDDEN}@{domain}" if local else HIDDEN


def masked_phone(phone: str) -> str:
    """The last two digits."""
    digits = re.sub(r"\D", "", phone)
    return f"{HIDDEN}{digits[-2:]}" if len(digits) > 4 else HIDDEN


def masked_wallet(wallet: str) -> str:
    """The last four characters of an address."""
    return f"{HIDDEN}{wallet[-4:]}" if len(wallet) > 10 else HIDDEN


def masked_attribute(_: str) -> str:
    """Nothing: nobody knows what an attribute may be."""
    return HIDDEN
