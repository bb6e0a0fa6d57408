"""What the served documents say is what is sent: every reply, event and answer of a whole life fits its schema."""

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from chatserver import surface
from chatserver.conversation.events import BODY_OF
from chatserver.infra import hub
from tests.e2e.conftest import Serve
from tests.e2e.desk_life import desk_life
from tests.people import Person
from tests.serving import Served


def strict(schema: Any) -> Any:
    """The same schema, in which what is not described may not be there either."""
    if isinstance(schema, list):
        return [strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "allOf" in schema:
        # Its parts do not know of each other's properties, so they stay as they are.
        parts = json.loads(json.dumps(schema["allOf"]).replace("#/components/", "#/loose/"))
        return {"allOf": parts, "unevaluatedProperties": False}
    closed = {name: strict(one) for name, one in schema.items()}
    if closed.get("type") == "object" and "properties" in closed:
        closed.setdefault("additionalProperties", False)
    return closed


class Documented:
    """A document's components, against which values are held."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.messages = document["components"].get("messages", {})
        self._parts = {"loose": document["components"], "components": strict(document["components"])}

    def faults(self, schema: dict[str, Any], value: Any) -> list[str]:
        """What a value has against a schema."""
        validator = Draft202012Validator({**strict(schema), **self._parts})
        return [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(value)]

    def message_faults(self, name: str, value: Any) -> list[str]:
        """What a value has against a message, or that there is no such message."""
        if name not in self.messages:
            return [f"{name} is not documented"]
        return [f"{name} {fault}" for fault in self.faults(self.messages[name]["payload"], value)]


async def whole_life(served: Served) -> list[Person]:
    """A conversation in which nearly everything happens; returns everybody who was there."""
    user, tablet, other = await served.user("lin"), await served.user("lin"), await served.visitor()
    zhou, lead = await served.available("zhou"), await served.agent("lead", role="supervisor")
    started = await user.call("start_conversation", key="k1", topic="freeze", attributes={"app": "5"})
    conversation = started["conversation"]["id"]
    about: dict[str, Any] = {"conversation": conversation}
    await user.call("request_agent", **about)
    offer = await zhou.wait_for("offer")
    await zhou.call("decline_offer", **about, epoch=offer["epoch"])
    offer = await zhou.wait_for("offer")
    await zhou.call("accept_offer", **about, epoch=offer["epoch"])
    question = await user.say(conversation, "help")
    await zhou.say(conversation, "yes?", reply_to=question["id"])
    await user.say(conversation, "my card is 4111 1111 1111 1111")
    await user.call("typing", **about, on=True, draft="I")
    await zhou.call("mark_read", **about, seq=3)
    await zhou.call("add_note", **about, key="n", text="note")
    await lead.call("join_conversation", **about, reason="look")
    await lead.call("leave_conversation", **about)
    meng = await served.available("meng", skills=("kyc",))
    await zhou.call("transfer", **about, to_agent=meng.id, note="yours")
    offer = await meng.wait_for("offer")
    await meng.call("accept_offer", **about, epoch=offer["epoch"])
    await meng.call("hand_off", **about, to_tier=2, reason="chain", note="nonce")
    await meng.call("take_back", **about)
    for thread in ("public", "internal"):
        await meng.call("sync", **about, after=0, thread=thread)
    await tablet.call("sync", **about, after=2, limit=3)
    await meng.call("close_conversation", **about, disposition="solved")
    await user.call("rate_conversation", **about, score=5, solved=True, attitude=4, professionalism=3, comment="ok")
    await meng.call("reopen_conversation", **about)
    await other.call("start_conversation", key="k1", want_agent=True)
    await other.call("cancel_waiting", conversation=other.said[0][2]["result"]["conversation"]["id"])
    await user.call("renew", token=served.user_token("lin"))
    await other.refusal("sync", **about, after=0)
    await other.refusal("sync", after=-1)
    return [user, tablet, other, zhou, lead, meng]


async def test_every_reply_and_event_fits_the_served_asyncapi(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "HEADS_EVERY_S", 0.05)
    served = await serve(assignment="offer")
    everybody = await whole_life(served)
    for person in (everybody[0], everybody[-1]):
        await person.wait_for("heads")
    everybody += await desk_life(served)
    documented = Documented((await served.get("/asyncapi.json")).body)
    faults: list[str] = []
    seen: set[str] = set()
    for person in everybody:
        await person.told()
        for name, body in person.heard:
            seen.add(f"event.{name}")
            faults += documented.message_faults(f"event.{name}", body)
        for name, body, reply in person.said[:-1]:
            seen.add(f"result.{name}")
            faults += documented.message_faults(f"result.{name}", reply)
            if reply["ok"]:
                faults += documented.message_faults(f"command.{name}", body)
    assert faults == []
    rarely = {"message_removed", "reconnect_soon", "auth_expiring", "idle_reminded"}
    rarely |= {name for name in surface.PASSING if "incident" in name or name.startswith("text_")}
    rarely |= {"alert", "approval"}
    expected = {f"result.{name}" for name in surface.commands()} - {"result.set_presence"}
    assert expected <= seen
    events = {name for name in documented.messages if name.startswith("event.")}
    assert {name.removeprefix("event.") for name in events - seen} <= rarely


async def test_what_is_heard_is_what_sync_gives_each_event_once_and_in_order(serve: Serve) -> None:
    served = await serve(assignment="offer")
    user, tablet, *_, meng = await whole_life(served)
    conversation = user.said[0][2]["result"]["conversation"]["id"]
    for person, threads in ((user, ["public"]), (tablet, ["public"]), (meng, ["public", "internal"])):
        await person.told()
        for thread in threads:
            kept = await person.log(conversation, thread)
            assert [event["seq"] for event in kept] == list(range(1, len(kept) + 1))
            heard = [{**body, "type": name} for name, body in person.heard if name in BODY_OF]
            live = [event for event in heard if (event["conversation"], event["thread"]) == (conversation, thread)]
            assert live == kept[-len(live) :]
            assert person is meng or len(live) == len(kept)
            ids = [event[name] for event in live for name in ("id", "conversation")]
            assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", one) for one in ids)


async def test_every_answer_fits_the_served_openapi(serve: Serve) -> None:
    served = await serve(assignment="offer")
    user, *_, meng = await whole_life(served)
    document = (await served.get("/openapi.json")).body
    documented = Documented(document)
    conversation = user.said[0][2]["result"]["conversation"]["id"]
    faults: list[str] = []
    for path, operations in document["paths"].items():
        if (
            "get" not in operations
            or path.startswith(("/metrics", "/widget", "/console", "/{", "/assets"))
            or path == "/"
        ):
            continue
        for who, id_ in ((meng, conversation), (meng, "c_unknown"), (user, conversation), (None, conversation)):
            answer = await served.get(path.replace("{id}", id_), who)
            described = operations["get"]["responses"].get(str(answer.status))
            if described is None:
                faults.append(f"{path} answered {answer.status}, which is not documented")
                continue
            if "application/json" not in described["content"]:
                continue  # a page
            schema = described["content"]["application/json"].get("schema", {})
            faults += [f"{path} {fault}" for fault in documented.faults(schema, answer.body)]
    assert faults == []


async def test_the_documents_say_their_version(served: Served) -> None:
    for name, version in (("asyncapi", "3.0.0"), ("openapi", "3.1")):
        answer = await served.get(f"/{name}.json")
        assert answer.status == 200
        assert answer.body[name].startswith(version)
