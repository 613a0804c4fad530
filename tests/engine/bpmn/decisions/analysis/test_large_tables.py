"""Large tables: answers within a bound on work, exact where rows are alike."""

from __future__ import annotations

import pytest

from engine.bpmn.decisions.analysis.covering import Boxes, Budget, TooMuchError, bits
from engine.bpmn.decisions.analysis.ranking import ranks
from engine.bpmn.decisions.analysis.searching import covered, gaps, overlaps
from tests.engine.bpmn.decisions.analysis.random_tables import Drawn


def slabs(count: int) -> tuple[tuple[str, ...], ...]:
    """Return rows that take one interval after the other, without a gap."""
    inner = [(f"[{at}..{at + 1})", "-") for at in range(count)]
    return (("< 0", "-"), *inner, (f">= {count}", "-"))


def test_thousands_of_rows_without_a_fault_have_none() -> None:
    # given
    drawn = Drawn(("number", "string"), slabs(3_000))

    # when
    open_, together = gaps(drawn.grid), overlaps(drawn.grid)
    hidden = covered(drawn.grid, ranks(drawn.table))

    # then
    for answer in (open_, together, hidden):
        assert answer.complete
        assert answer.found == []


def test_one_fault_among_thousands_of_rows_is_found() -> None:
    # given
    rows = list(slabs(3_000))
    rows[1_000] = ("[999..999.5)", "-")
    rows[2_000] = ("[1999..2000.5)", "-")
    drawn = Drawn(("number", "string"), tuple(rows))

    # when
    (region, _), *others = gaps(drawn.grid).found
    pairs = [rows for _, rows in overlaps(drawn.grid).found]

    # then
    assert not others
    assert region[0].bit_count() == 2  # 999.5 itself, and what is between it and 1000
    assert pairs == [(2_000, 2_001)]


def test_a_question_that_takes_too_much_work_is_given_up() -> None:
    # given
    boxes = Boxes([(0b01, 0b11), (0b10, 0b01)], (0b11, 0b11), Budget(3))

    # when / then
    with pytest.raises(TooMuchError):
        list(boxes.left_open((0b11, 0b11), boxes.rows))


def test_a_step_costs_more_where_masks_are_long() -> None:
    # given
    everything = (1 << 20_000) - 1
    boxes = Boxes([(1,)], (everything,), Budget(50_000))

    # when / then
    with pytest.raises(TooMuchError):
        list(boxes.left_open((everything,), boxes.rows))


def test_the_bits_of_a_long_mask_are_told_in_order() -> None:
    # given
    mask = sum(1 << place for place in range(0, 100_000, 3))

    # when / then
    assert list(bits(mask)) == list(range(0, 100_000, 3))
    assert list(bits(0)) == []


def test_what_is_left_open_is_widened_as_far_as_it_goes() -> None:
    # given
    boxes = Boxes([(0b001, 0b11), (0b010, 0b01)], (0b111, 0b11), Budget())

    # when
    wide = boxes.widened((0b010, 0b10), (0b111, 0b11))

    # then
    assert wide == (0b110, 0b10)
    assert list(bits(0b1010)) == [1, 3]
