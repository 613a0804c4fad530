"""Lists of values that an input or output can have, as unary tests write them."""

from __future__ import annotations

from collections.abc import Sequence

from engine.bpmn.decisions.analysis.cells import Cell, Same, Test, read_cell
from engine.bpmn.decisions.analysis.literals import Literal

#: Characters of a list that are shown.
_SHOWN = 80


class Listed:
    """Tests, all of which a value has to pass."""

    def __init__(self, texts: Sequence[str]) -> None:
        """``texts`` are unary tests; those that are not simple allow anything."""
        self._texts = texts
        cells = [cell for text in texts if (cell := read_cell(text)) is not None]
        self._lists = [_List(cell) for cell in cells if not cell.passes_anything]

    def __str__(self) -> str:
        """Return the list as it was written, cut where it is long."""
        text = " and ".join(self._texts)
        return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."

    def may_have(self, value: Literal) -> bool:
        """Say whether a value is allowed, as far as that is known; null always is."""
        return value.value is None or all(each.allows(value) for each in self._lists)


class _List:
    """One cell; its single values are found at once, as there may be hundreds."""

    def __init__(self, cell: Cell) -> None:
        self._negated = cell.negated
        self._values: set[tuple[str, object]] = set()
        self._tests: list[Test] = []
        for test in cell.tests:
            if isinstance(test, Same) and not test.differs:
                self._values.add((test.value.sort, test.value.value))
            else:
                self._tests.append(test)

    def allows(self, value: Literal) -> bool:
        passes = (value.sort, value.value) in self._values or any(
            _passes(test, value) for test in self._tests
        )
        return passes != self._negated


def _passes(test: Test, value: Literal) -> bool:
    if isinstance(test, Same):
        return test.differs and test.value.sort == value.sort and not test.value.same_as(value)
    if any(end is not None and end.sort != value.sort for end in (test.low, test.high)):
        return False
    if test.low is not None and not _above(value, test.low, test.from_low):
        return False
    return test.high is None or _above(test.high, value, test.to_high)


def _above(high: Literal, low: Literal, reaching: bool) -> bool:
    return bool(high.value >= low.value if reaching else high.value > low.value)
