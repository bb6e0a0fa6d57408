"""Access tokens: nothing but what was minted as one is one, whoever signed it."""

from typing import Any

import pytest

from chatserver.core.session import Role
from chatserver.trust.agents import Agent
from chatserver.trust.jws import Key, TokenRefused, sign, take_apart
from chatserver.trust.keys import derived_key
from chatserver.trust.tokens import AUDIENCE, KIND, AccessTokens
from tests.trust_house import START_MS, TurnedClock

NOW_S = START_MS // 1_000
OWN_KEY = Key("HS256", derived_key("secret", "access token"))
GOOD: dict[str, Any] = {"aud": AUDIENCE, "sub": "a_1", "gen": 1, "iat": NOW_S, "exp": NOW_S + 60}


@pytest.fixture
def tokens() -> AccessTokens:
    return AccessTokens("secret", TurnedClock(), ttl_s=900, refresh_ttl_s=43_200)


def an_agent() -> Agent:
    return Agent(
        id="a_1",
        email="a@x.io",
        name="An",
        role=Role.AGENT,
        tier=1,
        capacity=3,
        skills=(),
        token_generation=7,
        disabled=False,
    )


def test_a_minted_token_says_whose_it_is_and_until_when(tokens: AccessTokens) -> None:
    claims = tokens.read(take_apart(tokens.mint(an_agent(), "f_1")))
    assert (claims.sub, claims.gen, claims.fam, claims.exp) == ("a_1", 7, "f_1", NOW_S + 900)
    assert tokens.read(take_apart(tokens.mint(an_agent(), ttl_s=5))).exp == NOW_S + 5


def test_a_token_of_another_installation_is_refused(tokens: AccessTokens) -> None:
    other = AccessTokens("other secret", TurnedClock(), ttl_s=900, refresh_ttl_s=43_200)
    with pytest.raises(TokenRefused):
        tokens.read(take_apart(other.mint(an_agent())))


@pytest.mark.parametrize("change", [{"aud": "chatserver"}, {"exp": NOW_S}, {"gen": "1"}, {"sub": 1}, {"x": 1}], ids=str)
def test_claims_that_no_access_token_has_are_refused(tokens: AccessTokens, change: dict[str, Any]) -> None:
    assert tokens.read(take_apart(sign(GOOD, OWN_KEY, KIND))).sub == "a_1"
    with pytest.raises(TokenRefused):
        tokens.read(take_apart(sign({**GOOD, **change}, OWN_KEY, KIND)))


def test_another_kind_of_token_under_the_same_key_is_refused(tokens: AccessTokens) -> None:
    with pytest.raises(TokenRefused):
        tokens.read(take_apart(sign(GOOD, OWN_KEY, "JWT")))
