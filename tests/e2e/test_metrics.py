"""The page of figures of a served product tells what has happened."""

from prometheus_client.parser import text_string_to_metric_families

from chatserver.infra.metrics import MEANINGS
from tests.serving import Served


async def figures(served: Served) -> dict[tuple[str, str], float]:
    """`(name, values of the labels by their names)` → value of every sample of ours."""
    page = await served.get("/metrics")
    assert page.status == 200
    return {
        (sample.name.removeprefix("chatserver_"), ",".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(page.body)
        for sample in family.samples
        if sample.name.startswith("chatserver_")
    }


async def test_the_page_tells_who_is_here_who_waits_and_what_was_stored(served_on_both: Served) -> None:
    served = served_on_both
    first, second = await served.user("lin"), await served.user("mo")
    agent = await served.available("zhou", capacity=1)
    await served.chat(first, agent, text="hello")
    await second.call("start_conversation", key="k", want_agent=True)
    assert await second.refusal("send_message", conversation="c_nobodys", text="x", key="k") == "not_found"
    assert await second.refusal("no_such_command_chosen_by_a_stranger") == "invalid"
    before = await figures(served)
    assert (await served.get("/api/v1/audit", second)).status == 403
    assert (await served.get("/socket.io/?EIO=4&transport=polling")).status == 400
    await served.app.watch.look()
    found = await figures(served)
    assert found["requests_refused_total", "forbidden"] == before.get(("requests_refused_total", "forbidden"), 0) + 1
    assert found["connects_refused_total", "invalid"] == 1
    assert (found["sockets", "user"], found["sockets", "agent"]) == (2, 1)
    assert found["queue_waiting", ",1"] == 1
    assert 0 <= found["queue_oldest_seconds", ",1"] < 60
    assert found["pairing_seconds_count", ""] == 1
    assert found["agents", "available"] == 1
    assert found["conversations_served", ""] == 1
    assert found["commands_refused_total", "not_found"] == 1
    assert found["commands_refused_total", "invalid"] == 1
    assert found["commands_total", ""] >= 5
    assert found["sql_seconds_count", ""] == found["sql_units_total", ""] > 0
    assert found["sql_batch_units_count", ""] > 0
    assert found["sql_healthy", ""] == 1
    assert found["processes", ""] == 1
    assert 0 <= found["lease_age_seconds", ""] < 30
    assert found["disk_free_bytes", ""] > 0
    assert found["vault_ready", ""] == 1
    assert found["vault_keys", ""] >= 2  # lin's and mo's
    assert found["vault_unreadable_total", ""] == 0
    assert "chosen_by_a_stranger" not in str(found)


async def test_every_documented_figure_is_on_the_page(served: Served) -> None:
    page = (await served.get("/metrics")).body
    await served.app.watch.look()
    page = (await served.get("/metrics")).body
    described = {line.split()[2] for line in page.splitlines() if line.startswith("# HELP chatserver_")}
    expected = {f"chatserver_{name}" for name in MEANINGS}
    assert {name.removesuffix("_total") for name in described} == expected
    assert "process_resident_memory_bytes" in page


async def test_offers_count_as_a_wait_until_somebody_accepts(serve: object) -> None:
    served: Served = await serve(assignment="offer")  # type: ignore[operator]
    user, agent = await served.user("lin"), await served.available("zhou")
    started = await user.call("start_conversation", key="k", want_agent=True)
    offer = await agent.wait_for("offer")
    assert (await figures(served))["pairing_seconds_count", ""] == 0
    await agent.call("accept_offer", conversation=started["conversation"]["id"], epoch=offer["epoch"])
    assert (await figures(served))["pairing_seconds_count", ""] == 1
