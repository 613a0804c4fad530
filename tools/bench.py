"""Runs the benchmarks and prints their figures as one JSON object; what happens goes to stderr.

A benchmark is a file ``tests/benchmarks/bench_*.py`` with a function ``measure(run: Run)`` that
returns its figures by name. It is found by being there.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from webapp import logs

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "benchmarks"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number, beside what it is held against."""

    value: float
    unit: str
    #: What the bare database work of the same rows costs in the same run, in the same unit.
    floor: float
    #: The figure asked for.
    bar: float
    #: True: ``value`` should reach the bar. False: it should stay at or below it.
    more_is_better: bool

    def shown(self) -> dict[str, object]:
        """Return the figure as it is printed, rounded to what a measurement can tell."""
        met = self.value >= self.bar if self.more_is_better else self.value <= self.bar
        return {
            "value": round(self.value, 3),
            "unit": self.unit,
            "floor": round(self.floor, 3),
            "bar": self.bar,
            "met": met,
        }


@dataclass(frozen=True, slots=True)
class Run:
    """What a benchmark is given."""

    #: An empty folder on a real disk, removed afterwards.
    folder: Path
    #: Divides the amount of work; 1 measures, more only shows that the benchmark works.
    shrink: int = 1

    def say(self, text: str) -> None:
        """Tell the person who waits what is happening."""
        print(f"bench: {text}", file=sys.stderr, flush=True)


def benchmarks() -> Iterator[tuple[str, Callable[[Run], Mapping[str, Figure]]]]:
    """Yield name and function of each benchmark, by file name."""
    for path in sorted(FOLDER.glob("bench_*.py")):
        spec = spec_from_file_location(path.stem, path)
        if spec is None or spec.loader is None:
            raise ImportError(f"{path} cannot be loaded.")
        module = module_from_spec(spec)
        sys.modules[spec.name] = module  # dataclasses look their module up by its name
        spec.loader.exec_module(module)
        yield path.stem.removeprefix("bench_"), module.measure


def figures(*, shrink: int = 1) -> dict[str, dict[str, object]]:
    """Run every benchmark and return the figures as they are printed."""
    logs.set_up_quietly()  # as where it runs: lines that are not wanted cost next to nothing
    found: dict[str, dict[str, object]] = {}
    for name, measure in benchmarks():
        # Not in the system's temporary folder: that may be memory, where a commit costs nothing.
        with tempfile.TemporaryDirectory(prefix=".bench-", dir=FOLDER) as folder:
            run = Run(Path(folder), shrink)
            run.say(f"{name} ...")
            found |= {key: figure.shown() for key, figure in measure(run).items()}
    return found


def main() -> int:
    """Print the figures; the exit code is 0 also when a bar is missed, for machines differ."""
    print(json.dumps(figures(), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
