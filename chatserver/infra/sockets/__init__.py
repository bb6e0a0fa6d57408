"""Socket.IO 5 over WebSocket: the wire, the connections, and the shell that serves them.

From the inside out: `wire` and `frames` (what is sent) and `pace`, `heartbeat`, `crowd` (rules) know no socket and no
clock; `connection` and `connections` hold what is alive; `visit` drives one socket and knows the product only as a
`door`; `front` is the thin shell on aiohttp and the only file that another web server would replace.
"""
