"""What is shown of a row whose body nobody can read any more: its type, in the shape that clients know."""

from typing import Any, Final

from msgspec import convert, inspect

from chatserver.conversation.events import BODY_OF, Body, encode_body


def _blank(kind: inspect.Type) -> Any:  # noqa: PLR0911  (one case a type)
    """The least that a value of a type can be."""
    match kind:
        case inspect.StrType():
            return ""
        case inspect.IntType(ge=least):
            return least or 1  # there is no tier 0
        case inspect.BoolType():
            return False
        case inspect.LiteralType(values=values):
            return values[0]
        case inspect.StructType(fields=fields):
            return {one.encode_name: _blank(one.type) for one in fields if one.required}
        case inspect.DictType():
            return {}
        case inspect.Metadata(type=bare):
            return _blank(bare)
        case inspect.UnionType(types=types):
            return None if any(isinstance(one, inspect.NoneType) for one in types) else _blank(types[0])
        case _:
            return []


def _stub(body: type[Body], why: str) -> Body:
    shape = inspect.type_info(body)
    assert isinstance(shape, inspect.StructType)
    said: dict[str, Any] = _blank(shape)
    names = {one.encode_name: one.type for one in shape.fields}
    if "removed" in names:
        said["removed"] = [why]
    if isinstance(names.get("reason"), inspect.StrType):
        said["reason"] = why
    return convert(said, body)


_STUBS: Final = {
    why: {type_: encode_body(_stub(body, why)) for type_, body in BODY_OF.items()} for why in ("erased", "unreadable")
}


def stub_of(type_: str, why: str) -> bytes:
    """The encoded body of a stub: `why` is `erased` or `unreadable`."""
    return _STUBS[why].get(type_, b"{}")
