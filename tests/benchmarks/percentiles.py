"""Percentiles of times."""

from __future__ import annotations

import math
from collections.abc import Iterable


def p95(times: Iterable[float]) -> float:
    """Return the time that 95 of 100 do not exceed."""
    ordered = sorted(times)
    return ordered[math.ceil(len(ordered) * 0.95) - 1]
