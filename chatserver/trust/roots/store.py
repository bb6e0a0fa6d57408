"""The SQL of signed roots."""

from typing import Any, Final

from msgspec import Struct
from sqlalchemy import BigInteger, Connection, Row, Text, and_, bindparam, func, insert, or_, select, update

from chatserver.conversation.tables import conversations, events
from chatserver.core.prepared import ForRows, inserting
from chatserver.trust.roots.merkle import Leaf
from chatserver.trust.roots.record import Root, SignedRoot
from chatserver.trust.roots.tables import root_leaves, roots, signing_keys


class Grown(Struct, frozen=True):
    """A conversation that has grown since it was last in a root."""

    number: int
    leaves: list[Leaf]


_C: Final = conversations.c
# Conversations that have grown since they were last in a root.
_GROWN: Final = (
    select(_C.number, _C.id, _C.public_head, _C.public_chain, _C.public_rooted)
    .add_columns(_C.internal_head, _C.internal_chain, _C.internal_rooted)
    .where(
        _C.number > bindparam("after"),
        _C.public_chain.is_not(None),
        or_(_C.public_head > _C.public_rooted, _C.internal_head > _C.internal_rooted),
    )
    .order_by(_C.number)
    .limit(bindparam("limit"))
)
# Roots with the keys that signed them.
_ROOTS: Final = (
    select(roots, signing_keys.c.public)
    .join(signing_keys, signing_keys.c.number == roots.c.signing_key)
    .where(roots.c.number > bindparam("after"))
    .order_by(roots.c.number)
    .limit(bindparam("limit"))
)


# Adds the last links of threads to a root.
_LEAVES: Final = inserting(root_leaves)
# Remembers how far threads are in a root.
_ROOTED: Final = {
    thread: ForRows(
        {"conversation": Text(), "reached": BigInteger()},
        lambda given, column=column: (  # type: ignore[misc]
            update(conversations).where(_C.id == given.c.conversation).values({column: given.c.reached})
        ),
    )
    for thread, column in (("public", _C.public_rooted), ("internal", _C.internal_rooted))
}


def read_grown(conn: Connection, after: int, limit: int) -> list[Grown]:
    """Some conversations that have grown, and the threads of them that did."""
    found = []
    for row in conn.execute(_GROWN, {"after": after, "limit": limit}):
        heads = (
            ("internal", row.internal_head, row.internal_rooted, row.internal_chain),
            ("public", row.public_head, row.public_rooted, row.public_chain),
        )
        leaves = [Leaf(row.id, name, seq, bytes(link).hex()) for name, seq, rooted, link in heads if seq > rooted]
        found.append(Grown(row.number, leaves))
    return found


def insert_root(conn: Connection, signed: SignedRoot, key: int, leaves: list[Leaf]) -> None:
    """Store a root and its leaves; raises `IntegrityError` when somebody else has made one of this number."""
    root = signed.root
    values = {"number": root.number, "at": root.at, "leaves": root.leaves, "root": bytes.fromhex(root.root)}
    values |= {"before": bytes.fromhex(root.before), "signature": bytes.fromhex(signed.signature)}
    conn.execute(insert(roots).values(signing_key=key, **values))
    if not leaves:
        return
    rows = [
        {"root": root.number, "conversation": one.conversation, "thread": one.thread, "seq": one.seq}
        | {"chain": bytes.fromhex(one.chain)}
        for one in leaves
    ]
    _LEAVES.run(conn, rows)
    for thread, statement in _ROOTED.items():
        known = [{"conversation": one.conversation, "reached": one.seq} for one in leaves if one.thread == thread]
        if known:
            statement.run(conn, known)


def read_roots(conn: Connection, after: int, limit: int) -> list[SignedRoot]:
    """Some roots, oldest first."""
    return [_signed(row) for row in conn.execute(_ROOTS, {"after": after, "limit": limit})]


def read_last_root(conn: Connection) -> SignedRoot | None:
    """The newest root."""
    last = conn.execute(select(func.max(roots.c.number))).scalar()
    return read_roots(conn, last - 1, 1)[0] if last is not None else None


def _signed(row: Row[Any]) -> SignedRoot:
    root = Root(row.number, row.at, row.leaves, bytes(row.root).hex(), bytes(row.before).hex())
    return SignedRoot(root, bytes(row.signature).hex(), bytes(row.public).hex())


def read_leaves(conn: Connection, number: int) -> list[Leaf]:
    """The leaves of a root in their order."""
    query = select(root_leaves).where(root_leaves.c.root == number)
    return sorted(Leaf(row.conversation, row.thread, row.seq, bytes(row.chain).hex()) for row in conn.execute(query))


def read_covering(conn: Connection, conversation: str, thread: str) -> tuple[int, int] | None:
    """`(root, seq)`: the newest root in which a thread is, and how far it reaches."""
    mine = and_(root_leaves.c.conversation == conversation, root_leaves.c.thread == thread)
    query = select(root_leaves.c.root, root_leaves.c.seq).where(mine).order_by(root_leaves.c.root.desc()).limit(1)
    row = conn.execute(query).first()
    return (row.root, row.seq) if row is not None else None


# The links that rows have now.
_LINKS: Final = (
    select(events.c.thread, events.c.seq, events.c.chain)
    .join(conversations, _C.number == events.c.conversation)
    .where(_C.id == bindparam("id"), events.c.thread == bindparam("thread"), events.c.seq == bindparam("seq"))
)


def read_link(conn: Connection, leaf: Leaf) -> str | None:
    """The link of the row that a leaf names as it stands now, None when there is no such row."""
    asked = {"id": leaf.conversation, "thread": leaf.thread, "seq": leaf.seq}
    row = conn.execute(_LINKS, asked).first()
    return bytes(row.chain or b"").hex() if row is not None else None


def read_signing_keys(conn: Connection) -> list[Row[Any]]:
    """All signing keys, oldest first."""
    return list(conn.execute(select(signing_keys).order_by(signing_keys.c.number)))


def insert_signing_key(conn: Connection, number: int, public: bytes, private: bytes, now: int) -> None:
    """Store a signing key; raises `IntegrityError` when somebody else has made one of this number."""
    conn.execute(insert(signing_keys).values(number=number, public=public, private=private, made_at=now))
