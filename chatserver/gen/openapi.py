"""The HTTP side of the contract as OpenAPI 3.1."""

import re
from typing import Any, Final

import chatserver
from chatserver import surface
from chatserver.core.errors import HTTP_STATUS
from chatserver.core.routes import Raw, RouteSpec
from chatserver.gen.asyncapi import reach
from chatserver.gen.prose import paragraphs, prose, summary
from chatserver.gen.schemas import Schema, Vocabulary, vocabulary

SIGNED_IN: Final[list[Schema]] = [{"bearer": []}, {"visitor": []}]
ALWAYS: Final = ("invalid", "rate_limited", "storage", "retry")
"""What any route may answer."""

FIXED: Final = {
    "/healthz": ("live", "Whether the process is alive.", "application/json", "It is."),
    "/readyz": ("ready", "Whether the process takes traffic.", "application/json", "It does."),
    "/metrics": ("metrics", "Figures of this process for Prometheus.", "text/plain", "All figures."),
    "/openapi.json": ("openapi", "This document.", "application/json", "OpenAPI 3.1."),
    "/asyncapi.json": ("asyncapi", "The socket's commands and events.", "application/json", "AsyncAPI 3.0."),
}
"""Routes that every server has: operation id, what it is, content type, and what 200 means."""

NOT_READY: Final = "Starting, about to stop, or without storage; asked again later it may be ready."


def document(words: Vocabulary | None = None) -> dict[str, Any]:
    """The OpenAPI document."""
    words = words or vocabulary()
    paths: dict[str, dict[str, Schema]] = {}
    for route in surface.routes():
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(words, route)
    for path, told in FIXED.items():
        paths[path] = {"get": _fixed(path, *told)}
    known = {**words.components, "Refused": _refused()}
    reached = reach([paths, {"$ref": "#/components/schemas/Refused"}], known)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "chatserver",
            "version": chatserver.__version__,
            "summary": "What is asked over HTTP; the conversation itself runs over the socket (/asyncapi.json).",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": paths,
        "components": {
            "schemas": {name: one for name, one in known.items() if name in reached},
            "securitySchemes": _security_schemes(),
        },
    }


def _operation(words: Vocabulary, route: RouteSpec) -> Schema:
    operation: Schema = {
        "operationId": operation_id(route),
        "summary": summary(route.summary),
        "description": "\n\n".join(paragraphs(route.summary)[1:]) or summary(route.summary),
        "parameters": [*_path_parameters(route), *_query_parameters(words, route)],
        "responses": {"200": _success(words, route), **_refusals(route)},
    }
    if route.body is not None:
        content = {"application/json": {"schema": words.of(route.body)}}
        operation["requestBody"] = {"required": True, "content": content}
    if route.upload:
        file = {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}, "required": ["file"]}
        operation["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": file}}}
    if route.roles is None:
        return {**operation, "security": []}
    return {**operation, "security": SIGNED_IN, "x-roles": surface.roles_shown(route.roles)}


def operation_id(route: RouteSpec) -> str:
    """`GET /api/v1/conversations/{id}` → `get_conversations_by_id`."""
    words = re.sub(r"\{(\w+)\}", r"by_\1", route.path.removeprefix("/api/v1/"))
    return f"{route.method.lower()}_{re.sub(r'[^A-Za-z0-9]+', '_', words).strip('_')}"


def _path_parameters(route: RouteSpec) -> list[Schema]:
    schema = {"type": "string", "minLength": 1, "maxLength": 64}
    return [
        {"name": name, "in": "path", "required": True, "schema": schema}
        for name in re.findall(r"\{(\w+)\}", route.path)
    ]


def _query_parameters(words: Vocabulary, route: RouteSpec) -> list[Schema]:
    schema = words.components[route.query.__name__]
    found = []
    for name, one in schema["properties"].items():
        parameter = {"name": name, "in": "query", "required": name in schema["required"], "schema": one}
        described = {"description": one["description"]} if "description" in one else {}
        found.append({**parameter, **described})
    return found


def _success(words: Vocabulary, route: RouteSpec) -> Schema:
    files: Schema = {kind: {} for kind in route.files}
    if route.result is Raw:
        return {"description": summary(route.summary), "content": files or {"*/*": {}}}
    return {
        "description": prose(route.result.__doc__),
        "content": {"application/json": {"schema": words.of(route.result)}, **files},
    }


def codes_of(route: RouteSpec) -> list[str]:
    """The error codes that a route may answer, in the order of their HTTP status."""
    codes = {*ALWAYS, *route.errors}
    if route.roles is not None:
        codes |= {"unauthenticated", "forbidden"}
    if route.body is not None:
        codes.add("too_large")
    if "{" in route.path:
        codes.add("not_found")
    return [code for code in HTTP_STATUS if code in codes]


def _refusals(route: RouteSpec) -> dict[str, Schema]:
    by_status: dict[int, list[str]] = {}
    for code in codes_of(route):
        by_status.setdefault(HTTP_STATUS[code], []).append(code)
    return {str(status): _refusal(codes) for status, codes in by_status.items()}


def _refusal(codes: list[str]) -> Schema:
    return {
        "description": "\n".join(f"`{code}`: {surface.ERROR_MEANINGS[code]}" for code in codes),
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Refused"}}},
    }


def _refused() -> Schema:
    return {
        "title": "Refused",
        "description": "The answer to every request that is refused.",
        "type": "object",
        "properties": {"error": {"$ref": "#/components/schemas/ErrorBody"}},
        "required": ["error"],
    }


def _fixed(path: str, name: str, what: str, content_type: str, success: str) -> Schema:
    responses: Schema = {"200": {"description": success, "content": {content_type: {}}}}
    if path == "/readyz":
        responses["503"] = {"description": NOT_READY, "content": {content_type: {}}}
    return {"operationId": name, "summary": what, "security": [], "responses": responses}


def _security_schemes() -> Schema:
    return {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "An access token from sign-in, or the identity token that the host app signed for its user.",
        },
        "visitor": {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Visitor KEY`, with the key that `welcome` gave to an anonymous user.",
        },
    }
