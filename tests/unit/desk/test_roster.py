"""`desk.roster`: agents as the desk knows them."""

import pytest

from chatserver.conversation.events import AgentInfo
from chatserver.desk.roster import AgentProfile, known_skill


def profile(name: str, tier: int, *skills: str) -> AgentProfile:
    return AgentProfile(f"a_{name}", name.title(), tier, "agent", 3, skills, ())


AGENTS = [profile("ann", 1, "kyc", "zh"), profile("ben", 2, "ledger"), profile("cy", 1)]


@pytest.mark.parametrize(
    ("skill", "tier", "queued_for"),
    [
        ("kyc", 1, "kyc"),
        ("kyc", 2, ""),  # nobody of the second tier has it
        ("ledger", 2, "ledger"),
        ("ledger", 1, ""),
        ("ky", 1, ""),
        ("", 1, ""),
    ],
)
def test_nobody_waits_for_a_skill_that_nobody_of_the_tier_has(skill: str, tier: int, queued_for: str) -> None:
    assert known_skill(AGENTS, skill, tier) == queued_for


def test_without_agents_everybody_waits_in_the_general_lane() -> None:
    assert known_skill([], "kyc", 1) == ""


def test_others_see_name_and_tier_and_nothing_else() -> None:
    assert profile("ann", 1, "kyc").info == AgentInfo("a_ann", "Ann", 1)
