"""A day at the desk in which everything happens that a plain conversation has not."""

from typing import Any

from chatserver.demo_desk import seed
from tests.people import Person
from tests.serving import Served


async def desk_life(served: Served) -> list[Person]:
    """Advice, supervision, wrap-up and the board; returns everybody who was there."""
    user = await served.user("desk-user")
    wen = await served.available("wen", skills=("desk",))
    expert, lead = await served.agent("expert", tier=2), await served.agent("chief", role="supervisor")
    started = await user.call("start_conversation", key="d1", want_agent=True, skill="desk")
    about: dict[str, Any] = {"conversation": started["conversation"]["id"]}
    offer = await wen.wait_for("offer")
    await wen.call("accept_offer", **about, epoch=offer["epoch"])
    await lead.call("watch_conversation", **about, reason="quality")
    await lead.call("whisper", **about, key="w", text="be quick")
    await lead.call("viewing", **about, on=True)
    await wen.call("viewing", **about, on=True)
    await user.call("mark_delivered", **about, seq=1)
    await wen.call("ask_consult", **about, key="q", text="reversible?")
    await expert.wait_for("consult")
    await expert.call("join_consult", **about)
    await expert.call("leave_consult", **about)
    await lead.call("unwatch_conversation", **about)
    await served.app.database.write(lambda conn: seed(conn, served.clock.now()))
    await wen.call("set_tags", **about, tags=["vip"])
    await wen.call("run_macro", **about, key="m", macro="fraud-up")
    await wen.call("take_back", **about)
    await served.app.counter.board.tell_all()
    await lead.wait_for("board")
    await lead.call("reassign", **about, to_skill="desk", reason="balance")
    await wen.call("set_presence", status="away", reason="lunch")
    await lead.call("force_offline", agent=wen.id, reason="gone")
    await lead.call("move_in_queue", **about, priority=2, reason="urgent")
    await lead.call("force_close", **about, reason="done", disposition="solved")
    await wen.call("finish_wrap_up")
    await wen.wait_for("wrap_up")
    caller = await call_back(served, wen)
    return [user, wen, expert, lead, caller]


async def call_back(served: Served, agent: Person) -> Person:
    """Somebody who does not want to wait: leaves a message, then wants to be called after all."""
    user = await served.user("desk-caller")
    started = await user.call("start_conversation", key="d2")
    about: dict[str, Any] = {"conversation": started["conversation"]["id"]}
    await user.call("leave_message", **about)
    now = served.clock.now()
    wanted = {"phone": "13800138000", "from": now, "until": now + 3_600_000, "note": "after five"}
    asked = (await user.call("request_callback", **about, **wanted))["callback"]["id"]
    await agent.call("claim_callback", callback=asked)
    await agent.call("release_callback", callback=asked)
    await agent.call("claim_callback", callback=asked)
    await agent.call("finish_callback", callback=asked, outcome="reached", note="done")
    await user.call("cancel_callback", **about)
    return user
