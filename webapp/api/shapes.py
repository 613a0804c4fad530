"""What the bodies of requests and answers have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Out(BaseModel):
    """Part of an answer, made from a record of the rooms below."""

    model_config = ConfigDict(from_attributes=True)


class In(BaseModel):
    """Part of a request. A field nobody knows is refused: it may be misspelt."""

    model_config = ConfigDict(extra="forbid")
