"""What boxes leave open, which of them meet, and which one is inside of others.

Rows are sets of bits too, so one ``&`` asks thousands of them. Values are looked at column after
column, together where the same rows are left: a table of many rows needs few steps as long as they
are alike. Work is counted; what would take more than a budget is not answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from engine.bpmn.decisions.analysis.grids import Box


class TooMuchError(Exception):
    """Internal: the question would take more work than it is given."""


#: Bits of a mask that one step takes in.
_STEP_BITS = 4_096


class Budget:
    """Steps that one question may take; one is an ``&`` of some thousand rows or pieces."""

    def __init__(self, steps: int = 1_000_000) -> None:
        """Begin with ``steps``."""
        self._left = steps

    def spend(self, steps: int) -> None:
        """Take steps. Raises :class:`TooMuchError` where there are no more."""
        self._left -= steps
        if self._left < 0:
            raise TooMuchError


class Boxes:
    """The boxes of all rows."""

    def __init__(self, boxes: Sequence[Box], everything: Box, budget: Budget) -> None:
        """``boxes`` are by row, parts of ``everything``; all questions take from one budget."""
        self.boxes, self._budget = boxes, budget
        longest = max((len(boxes), *(mask.bit_length() for mask in everything)))
        self._cost = 1 + longest // _STEP_BITS
        self.rows = (1 << len(boxes)) - 1
        self._width = len(everything)
        self._by_piece = [
            _by_piece([box[place] for box in boxes], mask.bit_length())
            for place, mask in enumerate(everything)
        ]
        self._holding: dict[tuple[int, int], int] = {}
        self._meeting: dict[tuple[int, int], int] = {}

    def holding(self, box: Box) -> int:
        """Return the rows that have all of ``box`` inside."""
        return self._in_all_columns(box, self._holding_in)

    def meeting(self, box: Box, *, but: int | None = None) -> int:
        """Return the rows that have some of ``box`` inside; the column ``but`` does not count."""
        rows = self.rows
        for place, mask in enumerate(box):
            if rows and place != but:
                rows &= self._meeting_in(place, mask)
        return rows

    def left_open(self, box: Box, rows: int) -> Iterator[Box]:
        """Yield parts of ``box`` that none of ``rows`` has inside, until nothing else is left.

        Raises:
            TooMuchError: the budget ends before that is known.
        """
        order = [
            place for place in range(self._width) if rows & ~self._holding_in(place, box[place])
        ]
        order.sort(key=lambda place: box[place].bit_count())
        whole = [rows]
        for place in reversed(order):
            whole.append(whole[-1] & self._holding_in(place, box[place]))
        whole.reverse()
        covered: set[tuple[int, int]] = set()

        def search(depth: int, left: int, open_box: Box) -> Iterator[Box]:
            if not left:
                yield open_box
            elif not left & whole[depth] and (depth, left) not in covered:
                place, found = order[depth], False
                for rest, mask in self._parted(place, box[place], left).items():
                    inside = (*open_box[:place], mask, *open_box[place + 1 :])
                    for part in search(depth + 1, rest, inside):
                        found = True
                        yield part
                if not found:
                    covered.add((depth, left))

        return search(0, rows, box)

    def widened(self, box: Box, within: Box) -> Box:
        """Return a box that no row meets, as ``box``, and that is as large as can be.

        Whole columns are let go first: what is left over is short to say.
        """
        for partly in (False, True):
            for place in range(self._width):
                rows = self.meeting(box, but=place)
                free = self._parted(place, within[place], rows).get(0, 0)
                if partly or free == within[place]:
                    box = (*box[:place], free, *box[place + 1 :])
        return box

    def _in_all_columns(self, box: Box, ask: Callable[[int, int], int]) -> int:
        rows = self.rows
        for place, mask in enumerate(box):
            if not rows:
                break
            rows &= ask(place, mask)
        return rows

    def _parted(self, place: int, mask: int, rows: int) -> dict[int, int]:
        """Return the pieces of a column by those of ``rows`` that have them inside."""
        found: dict[int, int] = {}
        by_piece = self._by_piece[place]
        for piece in bits(mask):
            self._budget.spend(self._cost)
            key = rows & by_piece[piece]
            found[key] = found.get(key, 0) | 1 << piece
        return found

    def _holding_in(self, place: int, mask: int) -> int:
        rows = self._holding.get((place, mask))
        if rows is None:
            rows = self.rows
            for piece in bits(mask):
                self._budget.spend(self._cost)
                rows &= self._by_piece[place][piece]
                if not rows:
                    break
            self._holding[place, mask] = rows
        return rows

    def _meeting_in(self, place: int, mask: int) -> int:
        rows = self._meeting.get((place, mask))
        if rows is None:
            rows = 0
            for piece in bits(mask):
                self._budget.spend(self._cost)
                rows |= self._by_piece[place][piece]
                if rows == self.rows:
                    break
            self._meeting[place, mask] = rows
        return rows


def bits(mask: int) -> Iterator[int]:
    """Yield the places of the bits that are set, from the lowest."""
    written = bin(mask)[:1:-1]  # taking bits away one by one would copy the mask each time
    place = written.find("1")
    while place >= 0:
        yield place
        place = written.find("1", place + 1)


def _by_piece(masks: Sequence[int], pieces: int) -> list[int]:
    """Return the rows that have each piece inside, from the places where each mask changes."""
    changes = [0] * (pieces + 1)
    for row, mask in enumerate(masks):
        for place in bits(mask ^ (mask << 1)):
            changes[place] ^= 1 << row
    rows = 0
    found = []
    for change in changes:
        rows ^= change
        found.append(rows)
    return found
