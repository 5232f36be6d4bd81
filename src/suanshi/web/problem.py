"""Every "no" leaves the web door in one shape (RFC 9457), in the reader's language, whatever its cause."""

from __future__ import annotations

import secrets
import traceback
from collections.abc import Sequence
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from suanshi.kit.refusal import Fault, Kind, Language, Refusal, Text, invalid, kind, refuse
from suanshi.web.shapes.problem import Problem
from suanshi.web.tongue import tongue_of
from suanshi.web.wording import field_of, wording

log = structlog.get_logger("suanshi.web")
MEDIA_TYPE = "application/problem+json"

NO_ROUTE = kind(
    "no-route",
    404,
    ("没有这个地址。", "There is nothing at this address."),
    ("请查看 /api/v1/openapi.json。", "See /api/v1/openapi.json."),
)
NO_METHOD = kind(
    "no-method",
    405,
    ("此地址不支持这种方法。", "This address does not know this method."),
    ("请查看 /api/v1/openapi.json。", "See /api/v1/openapi.json."),
)
MALFORMED = kind(
    "malformed",
    400,
    ("请求内容无法读取，不是有效的 JSON。", "The request cannot be read: it is not valid JSON."),
    ("请更正格式后重新提交；没有任何改动。", "Correct its form and send it again; nothing was changed."),
)
TOO_LARGE = kind(
    "too-large",
    413,
    ("请求超过 {limit} MiB。", "The request is larger than {limit} MiB."),
    ("请减小内容；输入文件合计不得超过 16 MiB。", "Make it smaller; input files may have 16 MiB together."),
)
INCIDENT = kind(
    "incident",
    500,
    ("平台内部出错（{incident}），结果未知。", "Something failed inside the platform ({incident}); the outcome is not known."),
    (
        "请用同一个 Idempotency-Key 重试，或将此编号告知运营方。",
        "Try again with the same Idempotency-Key, or tell the operator this number.",
    ),
    Fault.PLATFORM,
)
_BY_STATUS: dict[int, Kind] = {404: NO_ROUTE, 405: NO_METHOD, 400: MALFORMED}


def problem(refusal: Refusal, language: Language, headers: dict[str, str] | None = None) -> JSONResponse:
    """The response that carries a refusal."""
    body = Problem(
        type=f"/api/v1/refusals#{refusal.code}",
        title=refusal.code.replace("-", " ").capitalize(),
        status=refusal.kind.status,
        detail=refusal.cause(language),
        code=refusal.code,
        fault=refusal.kind.fault.value,
        charged=refusal.charged,
        next=refusal.next(language),
        where=refusal.where,
        reasons=[reason.in_(language) for reason in refusal.reasons],
        incident=refusal.values.get("incident"),
    )
    more = {"Content-Language": language, **(headers or {})}
    if refusal.kind.status == 401:
        more["WWW-Authenticate"] = "Bearer"
    return JSONResponse(body.model_dump(), refusal.kind.status, more, MEDIA_TYPE)


def incident(error: BaseException, path: str) -> Refusal:
    """What the asker learns of an unexpected failure: a number, under which the log has all of it."""
    number = secrets.token_hex(6)
    # Without the values of variables: among them there may be a password.
    log.error("incident", incident=number, path=path, trace="".join(traceback.format_exception(error)))
    return refuse(INCIDENT, incident=number)


def misfit(errors: Sequence[Any]) -> Refusal:
    """A request that does not fit its shape: the first field at fault is named, all of them are listed."""
    if any(error["type"] == "json_invalid" for error in errors):
        return refuse(MALFORMED)
    faults = [(field_of(error["loc"]), wording(error)) for error in errors[:20]]
    where, what = faults[0]
    refusal = invalid(where, what.zh, what.en)
    refusal.reasons = tuple(Text(f"{field}：{text.zh}", f"{field}: {text.en}") for field, text in faults)
    return refusal


def answer_in_problems(app: FastAPI) -> None:
    """Teach the application to say every no in this shape."""

    @app.exception_handler(Refusal)
    async def refused(request: Request, refusal: Refusal) -> JSONResponse:
        return problem(refusal, tongue_of(request))

    @app.exception_handler(RequestValidationError)
    async def unfit(request: Request, error: RequestValidationError) -> JSONResponse:
        return problem(misfit(error.errors()), tongue_of(request))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        too_large = error.status_code == 413
        refusal = refuse(TOO_LARGE, limit=error.detail) if too_large else refuse(_BY_STATUS.get(error.status_code, MALFORMED))
        return problem(refusal, tongue_of(request), dict(error.headers or {}))
