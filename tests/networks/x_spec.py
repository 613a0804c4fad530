"""Checks calls and answers against X's own description of its interface, where that is at hand."""

from __future__ import annotations

import json
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import requests
from openapi_core import Config, OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest, RequestsOpenAPIResponse

FILE = Path(__file__).parents[3] / "shared" / "data" / "x-openapi-2.159.json"
MISSING = f"the OpenAPI file of X is not at {FILE.parent.name}/{FILE.name} beside the project"


@cache
def _described() -> OpenAPI:
    spec = json.loads(FILE.read_text(encoding="utf-8"))
    return OpenAPI.from_dict(
        spec,
        config=Config(
            spec_validator_cls=None,
            extra_media_type_deserializers={"application/problem+json": json.loads},
        ),
    )


def violations(
    method: str, path: str, headers: dict[str, str], body: bytes,
    status: int, kind: str, answer: bytes,
) -> list[str]:  # fmt: skip
    """Return how a call and its answer differ from the description; empty where it is missing."""
    if not FILE.exists():
        return []
    asked = RequestsOpenAPIRequest(
        requests.Request(method, f"https://api.x.com{path}", headers=headers, data=body).prepare()
    )
    told = requests.Response()
    told.status_code, told._content = status, answer
    told.headers["content-type"] = kind
    found = []
    for name, check in (
        ("call", lambda: _described().validate_request(asked)),
        ("answer", lambda: _described().validate_response(asked, RequestsOpenAPIResponse(told))),
    ):
        try:
            with warnings.catch_warnings():
                # It knows no signatures of OAuth 1.0a, and says so each time.
                warnings.simplefilter("ignore")
                check()
        except Exception as error:  # noqa: BLE001 - whatever it raises is a difference
            found.append(f"{name} {method} {path} -> {status}: {_reason(error)}")
    return found


def _reason(error: BaseException) -> str:
    while error.__cause__ is not None:
        error = error.__cause__
    more: Any = getattr(error, "schema_errors", ())
    return "; ".join(one.message[:200] for one in more) or repr(error)[:300]
