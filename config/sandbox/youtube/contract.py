"""The discovery document as the law: what it does not know is refused, by name and place.

The document is the one bundled with google-api-python-client, so the product's client and this
stand-in read the same contract.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from typing import Any

from django.http import QueryDict
from googleapiclient.discovery_cache import get_static_doc

from config.sandbox.youtube import errors

_NOT_PARTS = {"kind", "etag", "eventId", "visitorId"}
_PYTHON: dict[str, Any] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "array": list,
    "object": dict,
}


@functools.cache
def document() -> dict[str, Any]:
    contract: dict[str, Any] = json.loads(get_static_doc("youtube", "v3"))
    return contract


@functools.cache
def _methods() -> dict[tuple[str, str], dict[str, Any]]:
    return {(method["httpMethod"], method["path"]): method for method in _walk(document()["resources"])}


def _walk(resources: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for resource in resources.values():
        yield from resource.get("methods", {}).values()
        yield from _walk(resource.get("resources", {}))


def method(verb: str, path: str) -> dict[str, Any] | None:
    return _methods().get((verb, path))


@functools.cache
def parts(method_id: str) -> frozenset[str]:
    """The parts a method can speak of: the properties of what it takes or gives."""
    spec = next(m for m in _methods().values() if m["id"] == method_id)
    schema = schema_of((spec.get("request") or spec["response"])["$ref"])
    items = schema.get("properties", {}).get("items", {})
    if "items" in items and "request" not in spec:
        schema = schema_of(items["items"]["$ref"])
    return frozenset(schema["properties"]) - _NOT_PARTS


def schema_of(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = document()["schemas"][name]
    return schema


def read_query(spec: dict[str, Any], query: QueryDict) -> dict[str, Any]:
    """The method's parameters, typed, with defaults; repeated ones as lists (`a,b` is two)."""
    known, common = spec.get("parameters", {}), document()["parameters"]
    for name in query:
        if name not in known and name not in common and name != "upload_id":
            message = f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter.'
            raise errors.refusal(400, "unexpectedParameter", message, location=name)
    values: dict[str, Any] = {}
    for name, rule in known.items():
        given = [piece for value in query.getlist(name) for piece in _pieces(rule, value)]
        if not given and rule.get("required"):
            raise errors.refusal(400, "missingRequiredParameter", f"Missing required parameter: {name}", location=name)
        if given:
            typed = [_typed(name, rule, value) for value in given]
            values[name] = typed if rule.get("repeated") else typed[-1]
        elif "default" in rule:
            values[name] = _typed(name, rule, rule["default"])
    return values


def _pieces(rule: dict[str, Any], value: str) -> list[str]:
    return [piece.strip() for piece in value.split(",") if piece.strip()] if rule.get("repeated") else [value]


def _typed(name: str, rule: dict[str, Any], value: str) -> Any:
    if "enum" in rule and value not in rule["enum"]:
        raise _bad_value(name, f"Invalid value '{value}'. Allowed values: {', '.join(rule['enum'])}.")
    if rule["type"] == "boolean":
        if value not in ("true", "false"):
            raise _bad_value(name, f"Invalid boolean value: '{value}'.")
        return value == "true"
    if rule["type"] != "integer":
        return value
    try:
        number = int(value)
    except ValueError as problem:
        raise _bad_value(name, f"Invalid integer value: '{value}'.") from problem
    low, high = int(rule.get("minimum", number)), int(rule.get("maximum", number))
    if not low <= number <= high:
        raise _bad_value(name, f"Invalid value '{value}'. Values must be within the range: [{low}, {high}]")
    return number


def _bad_value(name: str, message: str) -> Exception:
    return errors.refusal(400, "invalidParameter", message, domain="youtube.parameter", location=name)


def check_parts(spec: dict[str, Any], asked: list[str]) -> None:
    for part in asked:
        if part not in parts(spec["id"]):
            raise errors.refusal(400, "invalidPart", f"'{part}'", domain="youtube.part", location="part")


def check_body(spec: dict[str, Any], body: dict[str, Any] | None, *, asked: list[str]) -> dict[str, Any]:
    """The body, when it holds what the schema allows and the method requires and nothing else."""
    if body is None:
        raise errors.refusal(400, "parseError", "Invalid JSON payload received. Expected an object.")
    _check_object(spec["id"], spec["request"]["$ref"], body, place="")
    for part in body:
        if part in parts(spec["id"]) - {"id"} and part not in asked:
            raise errors.refusal(400, "unexpectedPart", f"'{part}'", domain="youtube.part", location="part")
    return body


def _check_object(method_id: str, schema: str, value: dict[str, Any], *, place: str) -> None:
    known = schema_of(schema)["properties"]
    for name, rule in known.items():
        needed = method_id in rule.get("annotations", {}).get("required", [])
        if needed and value.get(name) in (None, ""):
            message = f"The request is missing a required property: {_dotted(place, name)}"
            raise errors.refusal(400, "required", message, location=_dotted(place, name), kind="other")
    for name, inner in value.items():
        if name not in known:
            where = f" at '{place}'" if place else ""
            message = f'Invalid JSON payload received. Unknown name "{name}"{where}: Cannot find field.'
            raise errors.refusal(400, "badRequest", message)
        _check_value(method_id, known[name], inner, place=_dotted(place, name))


def _check_value(method_id: str, rule: dict[str, Any], value: Any, *, place: str) -> None:
    if value is None:
        return
    kind = "object" if "$ref" in rule else rule["type"]
    wrong_bool = isinstance(value, bool) and kind != "boolean"
    if wrong_bool or not isinstance(value, _PYTHON.get(kind, object)):
        message = f"Invalid value at '{place}' ({kind}), {json.dumps(value, ensure_ascii=False)}"
        raise errors.refusal(400, "badRequest", message)
    if "$ref" in rule:
        _check_object(method_id, rule["$ref"], value, place=place)
    elif kind == "array":
        for index, item in enumerate(value):
            _check_value(method_id, rule["items"], item, place=f"{place}[{index}]")
    elif kind == "object" and "additionalProperties" in rule:
        for name, item in value.items():
            _check_value(method_id, rule["additionalProperties"], item, place=_dotted(place, name))
    elif "enum" in rule and value not in rule["enum"]:
        raise errors.refusal(400, "badRequest", f"Invalid value at '{place}' (enum), \"{value}\"")


def _dotted(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name
