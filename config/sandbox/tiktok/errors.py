"""TikTok's two ways of saying no: the Open API by status and code, the Accounts API by a number under HTTP 200."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from config.sandbox import answers, ids
from config.sandbox.answers import Refusal


def log_id() -> str:
    return ids.letters(33)


def open_answer(data: dict[str, Any]) -> HttpResponse:
    return answers.as_json({"data": data, "error": {"code": "ok", "message": "", "log_id": log_id()}})


def open_refusal(status: int, code: str, message: str = "") -> Refusal:
    body = {"data": {}, "error": {"code": code, "message": message or code, "log_id": log_id()}}
    return Refusal(message or code, status=status, body=body)


def invalid(message: str) -> Refusal:
    return open_refusal(400, "invalid_params", message)


def open_gate(name: str) -> Refusal:
    if name == "rate_limited":
        return open_refusal(429, "rate_limit_exceeded", "The API rate limit was exceeded.")
    return open_refusal(503 if name == "internal_error_503" else 500, "internal_error", "Something went wrong.")


def oauth_refusal(error: str, description: str, *, status: int = 400) -> HttpResponse:
    return answers.as_json({"error": error, "error_description": description, "log_id": log_id()}, status=status)


def business_answer(data: dict[str, Any]) -> HttpResponse:
    return answers.as_json({"code": 0, "message": "OK", "request_id": log_id(), "data": data})


def business_refusal(code: int, message: str) -> Refusal:
    body = {"code": code, "message": message, "request_id": log_id(), "data": {}}
    return Refusal(message, status=200, body=body)


def bad_parameter(message: str) -> Refusal:
    return business_refusal(40002, message)


def gone(message: str) -> Refusal:
    return business_refusal(40007, message)


def too_many() -> Refusal:
    return business_refusal(40100, "Too many requests. Please retry later.")


def business_gate(name: str) -> Refusal:
    return too_many() if name == "rate_limited" else business_refusal(50000, "System error. Please retry later.")
