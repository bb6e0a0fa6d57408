"""Finds for the threads of a conversation the newest signed root that they are in, and the way to it."""

from sqlalchemy import Connection

from chatserver.conversation.states import Head
from chatserver.trust.evidence.offline import Rooted
from chatserver.trust.roots import store
from chatserver.trust.roots.merkle import proof_of


def rooted_threads(conn: Connection, head: Head) -> list[Rooted]:
    """One for each thread that has been in a root."""
    found = (_rooted(conn, head.id, thread) for thread in ("public", "internal"))
    return [one for one in found if one is not None]


def _rooted(conn: Connection, conversation: str, thread: str) -> Rooted | None:
    covering = store.read_covering(conn, conversation, thread)
    if covering is None:
        return None
    number, _ = covering
    leaves = store.read_leaves(conn, number)
    index = next(at for at, leaf in enumerate(leaves) if (leaf.conversation, leaf.thread) == (conversation, thread))
    signed = store.read_roots(conn, number - 1, 1)[0]
    return Rooted(leaves[index], proof_of([leaf.digest for leaf in leaves], index), signed)
