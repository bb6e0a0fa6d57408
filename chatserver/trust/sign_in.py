"""Everything that finds out who somebody is, put together."""

from chatserver.core.ports import Shield
from chatserver.settings import Settings
from chatserver.trust.administration import AccountsApi
from chatserver.trust.api import SignInApi
from chatserver.trust.attempts import Attempts
from chatserver.trust.audit.trail import Trail
from chatserver.trust.enrolment import Enrolment
from chatserver.trust.factors.api import SecurityApi
from chatserver.trust.factors.passkeys import Party
from chatserver.trust.factors.proof import Proof
from chatserver.trust.factors.step_up import StepUps
from chatserver.trust.gate import Gate
from chatserver.trust.guessing import GuessLimit
from chatserver.trust.identity import IdentityTokens
from chatserver.trust.keyring import identity_keyring
from chatserver.trust.keys import Keys
from chatserver.trust.links.official import official_of
from chatserver.trust.oidc import OidcApi, Provider
from chatserver.trust.opening import Opening
from chatserver.trust.passkey_sign_in import PasskeySignInApi
from chatserver.trust.passwords import Passwords
from chatserver.trust.people import People
from chatserver.trust.staff import Staff, roles_of
from chatserver.trust.tokens import AccessTokens


class SignIn:
    """Everything that finds out who somebody is; `rooms` have its routes."""

    def __init__(self, settings: Settings, keys: Keys, trail: Trail, shield: Shield, provider: Provider | None) -> None:
        database, clock = trail.database, trail.clock
        tokens = AccessTokens(keys.secret_key, clock, settings.access_ttl_s, settings.refresh_ttl_s)
        two_factors = roles_of(settings.second_factor_for)
        self.staff = Staff(database, clock, tokens, two_factors)
        keyring = identity_keyring(keys.identity_secret, settings.identity_keys)
        people = People(database, clock, shield, settings.shown_names, official_of(settings))
        self.gate = Gate(people, self.staff, IdentityTokens(keyring, clock), clock)
        attempts = self.attempts = Attempts(GuessLimit(clock, settings.rate_factor), trail)
        passwords, proof, party = Passwords(), Proof(keys.secret_key), Party("chatserver")
        opening = Opening(database, clock, tokens, attempts, two_factors)
        self.step_ups = StepUps(database, clock)
        security = SecurityApi(database, clock, passwords, proof, party)
        self.rooms = (
            SignInApi(database, clock, passwords, opening, attempts, proof),
            PasskeySignInApi(database, clock, opening, attempts, security),
            OidcApi(database, clock, opening, provider, settings.oidc_name),
            security,
            AccountsApi(database, clock, trail, Enrolment(database, clock, passwords, trail, settings.agent_capacity)),
        )
