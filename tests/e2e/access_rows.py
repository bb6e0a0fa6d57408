"""The rows of the access matrix: for every command and route who may use it and what it needs of a conversation.

Stated here a second time on purpose, independent of the code. A new command or route is one more row.
"""

from dataclasses import dataclass
from typing import Any, Final

VISITOR, OWNER, OTHER = "visitor", "owner", "other user"
NEWCOMER, OFFERED, ASSIGNED, FORMER, TIER2 = "newcomer", "offered", "assigned", "former", "tier 2"
LEAD, ADMIN, AUDITOR = "supervisor", "admin", "auditor"

USERS: Final = frozenset({VISITOR, OWNER, OTHER})
PLAIN_AGENTS: Final = frozenset({NEWCOMER, OFFERED, ASSIGNED, FORMER, TIER2})
AGENTS: Final = PLAIN_AGENTS | {LEAD}
BOTH: Final = USERS | AGENTS
READERS: Final = BOTH | {AUDITOR}
STAFF: Final = AGENTS | {ADMIN, AUDITOR}
EVERYBODY: Final = STAFF | USERS
ONLY_LEADS: Final = frozenset({LEAD})
ADMINS: Final = frozenset({ADMIN})
AUDITORS: Final = frozenset({AUDITOR})
OVERSEERS: Final = frozenset({LEAD, ADMIN, AUDITOR})

SEE_ALL: Final = frozenset({LEAD, AUDITOR})
RELATED: Final = frozenset({VISITOR, OWNER, OFFERED, ASSIGNED, FORMER, TIER2}) | SEE_ALL
"""Who sees the conversation that the cast plays with; for everybody else it does not exist."""

KNOW, READ, SPEAK, SERVE, NOTHING = "know", "read", "speak", "serve", ""
NOTE: Final = "note"
HAND_OFF, TAKE_BACK, REOPEN = "hand off", "take back", "reopen"
THING: Final = "thing"
"""It is about something else than a conversation, by an id that is made up here: `not_found` for everybody."""

NOT_THEIRS: Final[dict[str, frozenset[str]]] = {
    KNOW: frozenset(),
    READ: frozenset({OFFERED}),
    SPEAK: frozenset({OFFERED, FORMER, LEAD}),
    SERVE: frozenset({OFFERED, FORMER, LEAD}),
    NOTE: frozenset({OFFERED, FORMER, LEAD}),
    HAND_OFF: frozenset({OFFERED, LEAD}),  # who has handed off may say it again
    TAKE_BACK: frozenset({OFFERED, LEAD}),
    REOPEN: frozenset({OFFERED, FORMER}),
}
"""Who sees the conversation, and is told `not_assigned` when they want this of it."""


@dataclass(frozen=True)
class Row:
    """Who may use it at all, and what of a conversation it needs; what a route is asked with: body, file, query."""

    who: frozenset[str]
    needs: str = NOTHING
    json: dict[str, Any] | None = None
    file: bool = False
    query: dict[str, str] | None = None
    item: str = ""


REVEAL: Final = {"field": "email", "reason": "x", "conversation": "c_unknown"}

COMMANDS: Final[dict[str, Row]] = {
    "start_conversation": Row(USERS),
    "request_agent": Row(USERS, KNOW),
    "cancel_waiting": Row(USERS, KNOW),
    "send_message": Row(BOTH, SPEAK),
    "add_note": Row(AGENTS, SPEAK),
    "sync": Row(BOTH, READ),
    "mark_read": Row(BOTH, SPEAK),
    "mark_delivered": Row(BOTH, SPEAK),
    "whisper": Row(ONLY_LEADS, KNOW),
    "watch_conversation": Row(ONLY_LEADS, KNOW),
    "unwatch_conversation": Row(ONLY_LEADS, KNOW),
    "move_in_queue": Row(ONLY_LEADS, KNOW),
    "ask_consult": Row(AGENTS, SERVE),
    "join_consult": Row(AGENTS, KNOW),
    "leave_consult": Row(AGENTS, KNOW),
    "viewing": Row(AGENTS, READ),
    "set_tags": Row(AGENTS, NOTE),
    "run_macro": Row(AGENTS, SPEAK),
    "leave_message": Row(USERS, KNOW),
    "request_callback": Row(USERS, KNOW),
    "cancel_callback": Row(USERS, KNOW),
    "claim_callback": Row(AGENTS, THING),
    "release_callback": Row(AGENTS, THING),
    "finish_callback": Row(AGENTS, THING),
    "finish_wrap_up": Row(AGENTS),
    "typing": Row(BOTH, SPEAK),
    "set_presence": Row(AGENTS),
    "accept_offer": Row(AGENTS, KNOW),
    "decline_offer": Row(AGENTS, KNOW),
    "hand_off": Row(AGENTS, HAND_OFF),
    "take_back": Row(AGENTS, TAKE_BACK),
    "transfer": Row(AGENTS, SERVE),
    "join_conversation": Row(ONLY_LEADS, KNOW),
    "leave_conversation": Row(ONLY_LEADS, KNOW),
    "close_conversation": Row(BOTH, SPEAK),
    "reopen_conversation": Row(AGENTS, REOPEN),
    "renew": Row(EVERYBODY),
    "rate_conversation": Row(USERS, KNOW),
    # What a supervisor does to a conversation of others comes last: it is another one afterwards.
    "force_offline": Row(ONLY_LEADS),
    "reassign": Row(ONLY_LEADS, KNOW),
    "force_close": Row(ONLY_LEADS, KNOW),
}

ROUTES: Final[dict[str, Row]] = {
    "GET /api/v1/proof": Row(USERS),
    "GET /api/v1/conversations/{id}/proof": Row(BOTH, KNOW),
    "GET /api/v1/held": Row(ONLY_LEADS),
    "POST /api/v1/held/{held}/release": Row(ONLY_LEADS, THING),
    "POST /api/v1/held/{held}/reject": Row(ONLY_LEADS, THING, json={}),
    "GET /api/v1/me": Row(STAFF),
    "GET /api/v1/me/security": Row(STAFF),
    "POST /api/v1/me/authenticator": Row(STAFF),
    "POST /api/v1/me/authenticator/confirm": Row(STAFF, json={"code": "000000"}),
    "DELETE /api/v1/me/authenticator": Row(STAFF),
    "POST /api/v1/me/recovery-codes": Row(STAFF),
    "POST /api/v1/me/passkeys/options": Row(STAFF),
    "POST /api/v1/me/passkeys": Row(STAFF, json={"name": "phone", "credential": {}}),
    "DELETE /api/v1/me/passkeys/{passkey}": Row(STAFF, THING),
    "DELETE /api/v1/me/sign-ins": Row(STAFF),
    "DELETE /api/v1/me/sign-ins/{sign_in}": Row(STAFF, THING),
    "GET /api/v1/admin/agents/{agent}/sign-ins": Row(ADMINS, THING),
    "DELETE /api/v1/admin/agents/{agent}/sign-ins": Row(ADMINS, THING),
    "DELETE /api/v1/admin/agents/{agent}/factors": Row(ADMINS, THING),
    "POST /api/v1/step-up/options": Row(STAFF),
    "POST /api/v1/step-up": Row(STAFF, json={"action": "enrol", "code": "000000"}),
    "GET /api/v1/conversations": Row(READERS),
    "GET /api/v1/conversations/{id}": Row(READERS, KNOW),
    "GET /api/v1/conversations/{id}/transcript": Row(READERS, READ),
    "POST /api/v1/conversations/{id}/transcript/mail": Row(BOTH, READ, {"email": "lin@example.com"}),
    "GET /api/v1/conversations/{id}/routing": Row(AGENTS | {AUDITOR}, KNOW),
    "POST /api/v1/conversations/{id}/attachments": Row(BOTH, SPEAK, file=True),
    "GET /api/v1/attachments/{attachment}": Row(READERS, THING),
    "GET /api/v1/attachments/{attachment}/content": Row(READERS, THING, query={"link": "x"}),
    "GET /api/v1/agents": Row(STAFF),
    "GET /api/v1/desk/lanes": Row(STAFF),
    "GET /api/v1/desk/estimates": Row(STAFF),
    "GET /api/v1/users/{user}": Row(AGENTS | {AUDITOR}, THING),
    "POST /api/v1/users/{user}/reveal": Row(AGENTS, THING, json=REVEAL),
    "POST /api/v1/users/{user}/unmask": Row(AGENTS, THING, json={"approval": "p_1"}),
    "POST /api/v1/users/{user}/export": Row(OVERSEERS, THING, json={"approval": "p_1"}),
    "POST /api/v1/users/{user}/erase": Row(OVERSEERS - {AUDITOR}, THING, json={"approval": "p_1"}),
    "POST /api/v1/exports": Row(OVERSEERS, THING, json={"approval": "p_1"}),
    "GET /api/v1/holds": Row(OVERSEERS),
    "POST /api/v1/holds": Row(OVERSEERS, THING, json={"object": "user:nobody", "reason": "x"}),
    "POST /api/v1/holds/{hold}/lift": Row(OVERSEERS - {AUDITOR}, THING, json={"reason": "x"}),
    "POST /api/v1/approvals": Row(OVERSEERS, json={"kind": "export_many", "reason": "x"}),
    "GET /api/v1/approvals": Row(OVERSEERS),
    "POST /api/v1/approvals/{approval}/decision": Row(OVERSEERS, THING, json={"approve": True}),
    "GET /api/v1/approvals/{approval}/transcript": Row(ADMINS, THING),
    "GET /api/v1/alerts": Row(OVERSEERS),
    "POST /api/v1/alerts/{alert}/seen": Row(OVERSEERS, THING, json={}),
    "POST /api/v1/conversations/{id}/evidence": Row(SEE_ALL, KNOW, json={"reason": "a complaint"}),
    "GET /api/v1/roots": Row(SEE_ALL),
    "GET /api/v1/audit": Row(AUDITORS),
    "GET /api/v1/audit/head": Row(AUDITORS),
    "GET /api/v1/audit/export": Row(AUDITORS),
    "GET /api/v1/consults": Row(AGENTS),
    "GET /api/v1/callbacks": Row(AGENTS | {AUDITOR}),
    "GET /api/v1/conversations/{id}/replies": Row(AGENTS, READ),
    "GET /api/v1/conversations/{id}/contact": Row(AGENTS | {AUDITOR}, READ),
    "GET /api/v1/users/{user}/history": Row(AGENTS | {AUDITOR}, THING),
    "GET /api/v1/canned-replies": Row(AGENTS),
    "GET /api/v1/macros": Row(AGENTS),
    "GET /api/v1/away-reasons": Row(AGENTS),
    "GET /api/v1/routing": Row(AGENTS),
    "GET /api/v1/tags": Row(STAFF),
    "GET /api/v1/dispositions": Row(STAFF),
    "GET /api/v1/skills": Row(STAFF),
    "GET /api/v1/board": Row(STAFF - PLAIN_AGENTS),
}

_BOTH: Final = {"zh": "一", "en": "one"}
_NAMED: Final = {"name": _BOTH}
SET_UP: Final[dict[str, tuple[dict[str, Any], str]]] = {
    "canned-replies": ({"shortcut": "hi", "title": _BOTH, "text": _BOTH}, ""),
    "macros": ({"shortcut": "m", "title": _BOTH, "actions": [{"do": "note", "text": "x"}]}, ""),
    "tags": (_NAMED, ""),
    "dispositions": (_NAMED, ""),
    "away-reasons": (_NAMED, ""),
    "topics": ({"title": _BOTH}, ""),
    "hours": ({"time_zone": "UTC", "week": {"mon": [{"from": "00:00", "until": "24:00"}]}, "skill": "none"}, ""),
    "holidays": ({"name": _BOTH, "from": "2020-01-01", "until": "2020-01-02"}, ""),
    "texts": ({"text": _BOTH}, "greeting"),
    "skills": (_NAMED, ""),
    "routing": ({"wrap_up_s": 0}, "main"),
}
"""A good item of every kind of the catalogue, and its id where that is not free."""

LOOKERS: Final = STAFF - PLAIN_AGENTS
for _kind, (_item, _id) in SET_UP.items():
    _path = f"/api/v1/admin/{_kind}"
    ROUTES[f"GET {_path}"] = Row(LOOKERS)
    ROUTES[f"GET {_path}/{{item}}/versions"] = Row(LOOKERS, THING)
    ROUTES[f"DELETE {_path}/{{item}}"] = Row(frozenset({ADMIN}), THING)
    ROUTES[f"PUT {_path}/{{item}}"] = Row(frozenset({ADMIN}), json=_item, item=_id)

_NEW_ACCOUNT: Final = {"email": "new@x.io", "name": "New", "tier": 1, "password": "long enough for anybody"}
ROUTES["GET /api/v1/admin/agents"] = Row(LOOKERS)
ROUTES["PUT /api/v1/admin/agents/{agent}"] = Row(frozenset({ADMIN}), THING, json={})
ROUTES["POST /api/v1/admin/agents"] = Row(frozenset({ADMIN}), json=_NEW_ACCOUNT)

OPEN: Final = frozenset(
    {
        "GET /api/v1/proof/check",
        "GET /verify",
        "GET /api/v1/public-keys",
        "GET /api/v1/sign-in",
        "POST /api/v1/sign-in",
        "POST /api/v1/sign-in/passkey/options",
        "POST /api/v1/sign-in/passkey",
        "POST /api/v1/sign-in/oidc",
        "GET /api/v1/sign-in/oidc/back",
        "POST /api/v1/sign-in/oidc/finish",
        "POST /api/v1/refresh",
        "POST /api/v1/sign-out",
        "GET /api/v1/topics",
        "GET /api/v1/texts",
        "GET /api/v1/availability",
        "GET /healthz",
        "GET /readyz",
        "GET /metrics",
        "GET /openapi.json",
        "GET /asyncapi.json",
        "GET /.well-known/security.txt",
        "GET /",
        "GET /console",
        "GET /widget",
        "GET /widget.js",
        "GET /assets/{name}",
        "GET /demo/users",
        "GET /demo/session",
        "* /socket.io/",
    }
)
"""What answers everybody: nothing of anybody's conversation is in it, or it has checks of its own."""
