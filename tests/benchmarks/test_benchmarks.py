"""The benchmarks work and print what is promised. How fast it is, is for ``make bench``."""

from __future__ import annotations

import pytest

from tools import bench
from tools.bench import Figure


@pytest.fixture(scope="module")
def figures() -> dict[str, dict[str, object]]:
    """Every figure, from a hundredth of the work."""
    return bench.figures(shrink=50)


def test_every_figure_has_its_value_unit_floor_bar_and_verdict(
    figures: dict[str, dict[str, object]],
) -> None:
    # given
    fields = ["value", "unit", "floor", "bar", "met"]

    # then
    assert figures.keys() >= {"replay", "replay_first_wait", "age_cost", "age_bytes"}
    assert figures.keys() >= {"intake_cpu_sqlite", "intake_cpu_postgresql"}
    assert figures.keys() >= {"intake_page_cpu", "intake_alike_cpu"}
    assert figures.keys() >= {"complete_cpu_sqlite", "complete_cpu_postgresql"}
    assert figures.keys() >= {"timers_drain_sqlite", "timers_drain_postgresql"}
    assert figures.keys() >= {"timers_idle_pump_ms", "timers_lateness_p99", "cluster_events_2"}
    assert figures.keys() >= {"condition_python", "condition_feel", "sandbox_alone", "compile_500"}
    assert figures.keys() >= {"following_p95", "polling_cores"}
    assert figures.keys() >= {"state_bytes", "million_gigabytes", "million_gigabytes_worn"}
    assert all(list(figure) == fields for figure in figures.values())


def test_the_bytes_of_state_do_not_grow_with_age(figures: dict[str, dict[str, object]]) -> None:
    # A count, not a time: it holds on every machine.
    assert figures["age_bytes"]["met"] is True


@pytest.mark.parametrize(
    ("value", "more_is_better", "met"),
    [(250.0, True, True), (249.0, True, False), (250.0, False, True), (251.0, False, False)],
)
def test_a_figure_is_met_at_its_bar_and_on_the_right_side_of_it(
    value: float, more_is_better: bool, met: bool
) -> None:
    # when
    shown = Figure(value, "mentions/s", 900.0, 250.0, more_is_better=more_is_better).shown()

    # then
    assert shown["met"] is met


def test_the_bytes_of_a_state_stay_below_their_bar(figures: dict[str, dict[str, object]]) -> None:
    # Bytes, not a time: they hold on every machine.
    assert figures["state_bytes"]["met"] is True
