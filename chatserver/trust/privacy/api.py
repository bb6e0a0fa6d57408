"""Users over HTTP, as staff see them."""

from typing import Final

from chatserver.core.routes import Request, route
from chatserver.core.session import AGENTS, Role
from chatserver.trust.privacy.looking import Looking
from chatserver.trust.privacy.messages import Revealed, RevealField, UnmaskUser, UserProfileResult

LOOKERS: Final = AGENTS | {Role.AUDITOR}


class UsersApi:
    """Routes of need to know."""

    def __init__(self, looking: Looking) -> None:
        self._looking = looking

    @route(
        "GET",
        "/api/v1/users/{user}",
        result=UserProfileResult,
        roles=LOOKERS,
        errors=("not_found", "rate_limited"),
    )
    async def profile(self, request: Request) -> UserProfileResult:
        """A user masked; the fields that were revealed to oneself are in clear for their ten minutes."""
        user = await self._looking.profile(request.caller, request.path["user"])
        return UserProfileResult(user, self._looking.watermark(request.caller))

    @route(
        "POST",
        "/api/v1/users/{user}/reveal",
        result=Revealed,
        roles=AGENTS,
        body=RevealField,
        errors=("not_found", "not_assigned", "conflict", "rate_limited"),
    )
    async def reveal(self, request: Request) -> Revealed:
        """Show one field in clear for ten minutes, for a reason."""
        return await self._looking.reveal(request.caller, request.path["user"], request.body)

    @route(
        "POST",
        "/api/v1/users/{user}/unmask",
        result=UserProfileResult,
        roles=AGENTS,
        body=UnmaskUser,
        errors=("not_found", "conflict"),
        step_up="unmask",
    )
    async def unmask(self, request: Request) -> UserProfileResult:
        """Show all fields in clear for ten minutes, once somebody else has approved it."""
        asked: UnmaskUser = request.body
        user = await self._looking.unmask(request.caller, request.path["user"], asked.approval)
        return UserProfileResult(user, self._looking.watermark(request.caller))
