"""Slips that feelin lets pass though nothing but null would come of them, and how each is mended.

They come from other languages: signs (``==``, ``=>``, ``<>``), and tests of a cell that are joined
with ``and`` or ``or`` (:mod:`.joined`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from engine.bpmn.expressions.slips.joined import SIGNS, is_value, joined_in
from engine.bpmn.expressions.slips.spans import Slip, blanked, shortly

#: Also ``function<>``, the type, which is none of them.
_SIGN = re.compile(r"function\s*<>|(?P<sign>==|=>|=<|<>)")


def slip_in(text: str, *, tests: bool, names: Iterable[str]) -> Slip | None:
    """Return the first slip in a text; None where there is none.

    Args:
        text: of FEEL.
        tests: whether it is a cell.
        names: known where it stands; one may hold the word "and".
    """
    bare = blanked(text)
    joined = joined_in(text, bare, names) if tests else None
    if joined is not None:
        return joined
    found = next((each for each in _SIGN.finditer(bare) if each["sign"]), None)
    return _of_sign(text, found["sign"], found.start(), tests=tests) if found else None


def _of_sign(text: str, sign: str, at: int, *, tests: bool) -> Slip:
    if sign == "==":
        # feelin would read a comparison with a test, which is never true.
        return Slip("'==' is not FEEL.", "Compare with one '='.", at)
    value = text.strip().removeprefix("<>").strip()
    if tests and sign == "<>" and text.strip().startswith("<>") and is_value(value):
        return Slip("'<>' is not FEEL.", f"Write not({value}).", at)
    right = shortly(_with_signs(text), f"'{SIGNS[sign]}'")
    return Slip(f"'{sign}' is not FEEL.", f"Write {right}.", at)


def _with_signs(text: str) -> str:
    written, at = "", 0
    for found in _SIGN.finditer(blanked(text)):
        if found["sign"]:
            written += text[at : found.start()] + SIGNS[found["sign"]]
            at = found.end()
    return written + text[at:]
