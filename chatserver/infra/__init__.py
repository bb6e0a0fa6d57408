"""The basement: what talks to SQL, Redis, sockets and files. Only `chatserver.app` imports it."""
