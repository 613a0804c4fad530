"""Writes docs/bpmn-elements.md: what becomes of each element of BPMN, and the test that proves it.

The proofs are read from the corpus (``tests/engine/bpmn/corpus``): its tables name the elements
whose absence changes the outcome, its diagrams show at which places which events happened.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from engine.bpmn.vocabulary import FATES, Fate
from tests.engine.bpmn.corpus.coverage import (
    ELSEWHERE,
    EVENTS_OF_BPMN,
    REFUSED_EVENTS,
    proofs_of_elements,
    proofs_of_events,
    scenarios,
)
from tests.engine.bpmn.corpus.scenario import Scenario

TARGET = Path(__file__).resolve().parent.parent / "docs/bpmn-elements.md"
HEAD = """# What runs of BPMN 2.0.2

Every element of the standard, and every place an event may have, with the test that proves it.
`make pages` writes this page from the corpus, so it says what the tests say. The diagrams are in
`tests/corpus/constructs`, their scenarios in `tests/engine/bpmn/corpus/tables`;
`pytest tests/engine/bpmn/corpus -k "<diagram>"` plays them.

- *supported*: runs as the standard says.
- *shown only*: kept and drawn; it documents, and has no meaning for a run.
- *reported*: has a meaning that is not carried out; a [finding](rules/README.md) says so.
"""


def main() -> int:
    """Write the page, or with ``--check`` tell whether it is what would be written."""
    new = page()
    if "--check" in sys.argv[1:]:
        if not TARGET.exists() or TARGET.read_text(encoding="utf-8") != new:
            print("docs/bpmn-elements.md is out of date. Run make pages.")
            return 1
        return 0
    TARGET.write_text(new, encoding="utf-8")
    return 0


def page() -> str:
    """Return the page."""
    parts = [HEAD, "## Events", _events(), "## Elements", _elements(), "## Scenarios"]
    parts.append("\n".join(f"- `{one.diagram}`: {one.sentence}." for one in scenarios()))
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _events() -> str:
    proofs = proofs_of_events()
    rows = ["| Position | Trigger | | Proved by |", "|---|---|---|---|"]
    for position, triggers in EVENTS_OF_BPMN.items():
        for trigger in triggers:
            refusal = REFUSED_EVENTS.get((position, trigger))
            fate = "refused" if refusal else "supported"
            proof = refusal or _named(proofs.get((position, trigger), ()))
            rows.append(f"| {position} | {trigger} | {fate} | {proof} |")
    return "\n".join(rows)


def _elements() -> str:
    proofs = proofs_of_elements()
    said = {Fate.RUN: "supported", Fate.SHOWN: "shown only", Fate.REPORTED: "reported"}
    rows = ["| Element | | Proved by |", "|---|---|---|"]
    for name in sorted(FATES, key=str.lower):
        proof = _named(proofs.get(name, ())) or f"`{ELSEWHERE.get(name, _rest(FATES[name]))}`"
        rows.append(f"| {name} | {said[FATES[name]]} | {proof} |")
    return "\n".join(rows)


def _rest(fate: Fate) -> str:
    room = "tests/engine/bpmn"
    if fate is Fate.SHOWN:
        return f"{room}/corpus/test_coverage.py::test_what_is_shown_only_neither_runs_nor_stops"
    return f"{room}/corpus/test_coverage.py::test_what_is_reported_is_named_at_its_element"


def _named(found: Iterable[Scenario]) -> str:
    names = list(dict.fromkeys(one.diagram for one in found))
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(f"`{name}`" for name in names[:3]) + more


if __name__ == "__main__":
    sys.exit(main())
