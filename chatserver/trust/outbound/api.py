"""Held texts over HTTP: supervisors read them, release or reject them."""

from chatserver.conversation.messages import Nothing, Posted
from chatserver.core.routes import Request, route
from chatserver.core.session import SUPERVISOR_ONLY
from chatserver.trust.outbound.messages import HeldList, Rejection
from chatserver.trust.outbound.service import Reviewer


class HeldApi:
    """Routes for the second person."""

    def __init__(self, reviewer: Reviewer) -> None:
        self._reviewer = reviewer

    @route("GET", "/api/v1/held", result=HeldList, roles=SUPERVISOR_ONLY)
    async def held(self, _: Request) -> HeldList:
        """Texts of agents that were stopped and wait for a decision, the oldest first."""
        return HeldList(await self._reviewer.waiting())

    @route(
        "POST",
        "/api/v1/held/{held}/release",
        result=Posted,
        roles=SUPERVISOR_ONLY,
        errors=("not_found", "closed", "forbidden", "invalid"),
    )
    async def release(self, request: Request) -> Posted:
        """Post a held text as its author's. Nobody releases their own."""
        return await self._reviewer.release(request.caller, request.path["held"])

    @route(
        "POST",
        "/api/v1/held/{held}/reject",
        result=Nothing,
        roles=SUPERVISOR_ONLY,
        body=Rejection,
        errors=("not_found", "forbidden"),
    )
    async def reject(self, request: Request) -> Nothing:
        """Throw a held text away."""
        body = request.body
        assert isinstance(body, Rejection)
        await self._reviewer.reject(request.caller, request.path["held"], body.reason)
        return Nothing()
