"""The typed asyncio client that tests, load scripts and outside bots share.

```python
async with Client.connect("http://127.0.0.1:8080", auth={"as": "user", "token": token}) as client:
    started = await client.command(StartConversation(key=client.new_key(), want_agent=True))
    chat = client.conversation(started.conversation.id)
    await client.wait_for(lambda event: event.type == "agent_assigned")
    await chat.send("你好")
```
"""

from chatserver.client.chat import Chat
from chatserver.client.client import Client
from chatserver.client.events import Durable, Event, Passing
from chatserver.client.habits import Habits, full_jitter
from chatserver.client.link import Link, LinkLost
from chatserver.client.log import ConversationLog, ThreadLog
from chatserver.client.rest import Rest, Tokens
from chatserver.client.wire import WireError
from chatserver.core.errors import ChatError

__all__ = [
    "Chat",
    "ChatError",
    "Client",
    "ConversationLog",
    "Durable",
    "Event",
    "Habits",
    "Link",
    "LinkLost",
    "Passing",
    "Rest",
    "ThreadLog",
    "Tokens",
    "WireError",
    "full_jitter",
]
