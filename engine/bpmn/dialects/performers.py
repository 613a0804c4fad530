"""Who performs a user task where a vendor uses the roles of BPMN itself: performers and owners."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.bpmn.xml import B, Element

_CALL = re.compile(r"(user|group)\(\s*([^()]*?)\s*\)")


def performers(task: Element, *, plain: str) -> Iterator[tuple[str, str]]:
    """Take the roles off a user task; yield ``user`` or ``group`` with the name of each.

    Args:
        task: the user task.
        plain: what a name without ``user(...)`` or ``group(...)`` around it is for this vendor.
    """
    for role in [
        child for child in task if child.tag in (B + "humanPerformer", B + "potentialOwner")
    ]:
        texts = [text.text or "" for text in role.iter(B + "formalExpression")]
        names = [name.strip() for text in texts for name in text.split(",") if name.strip()]
        if names:
            task.remove(role)
        usual = "user" if role.tag == B + "humanPerformer" else plain
        for name in names:
            call = _CALL.fullmatch(name)
            yield (call[1], call[2]) if call else (usual, name)


__all__ = ["performers"]
