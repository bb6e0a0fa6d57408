"""The console, from signing in to the end of a chat."""

from collections.abc import AsyncIterator

from tests.browser.faces import Console
from tests.screenshots.scene import Scene, Shot


async def console_story(scene: Scene) -> AsyncIterator[Shot]:
    """One agent's day in a few minutes."""
    console = Console(await scene.page())
    await console.page.goto(f"{scene.served.address}/console")
    yield Shot("01-sign-in", console.page)
    agent = await scene.demo_agent(scene.say("zhou", "amy"))
    yield Shot("02-empty-desk", agent.page)
    await agent.go("available")
    user = await scene.wallet()
    await user.call_support()
    await user.choose("withdraw")
    await user.ask_for_a_person()
    await user.is_in("active")
    await agent.take()
    await user.say(scene.say("提现 1200 元一直没到账", "My withdrawal of 1,200 has not arrived"))
    await agent.say(scene.say("您好，我马上为您查询", "Hello, let me look into that for you"))
    await user.composer.press_sequentially(scene.say("好的，谢谢", "Thank you"))
    yield Shot("03-chat", agent.page)
