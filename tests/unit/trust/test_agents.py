"""What an account says about its owner."""

import pytest

from chatserver.core.session import Role
from chatserver.trust.agents import Agent, normal_email


@pytest.mark.parametrize(
    ("skills", "languages"),
    [
        ((), set()),
        (("zh",), {"zh"}),
        (("en", "zh", "fraud"), {"en", "zh"}),
        (("zh-CN", "EN-gb"), {"zh", "en"}),
        (("zhejiang", "energy", "e n", "de"), set()),
    ],
)
def test_skills_that_are_language_tags_mark_languages(skills: tuple[str, ...], languages: set[str]) -> None:
    agent = Agent(
        id="a_1",
        email="a@x.io",
        name="An",
        role=Role.AGENT,
        tier=1,
        capacity=3,
        skills=skills,
        token_generation=1,
        disabled=False,
    )
    assert agent.languages == languages


def test_an_email_is_the_same_in_any_case_and_with_spaces_around() -> None:
    assert normal_email(" Ann@Example.COM\n") == "ann@example.com"
