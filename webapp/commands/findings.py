"""What one check of ``corral doctor`` found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; ``cure`` is empty when all is well."""

    check: str
    found: str
    cure: str = ""
    #: It works as it is, yet probably not as meant.
    warning: bool = False

    @property
    def bad(self) -> bool:
        """Tell whether something has to be done."""
        return bool(self.cure) and not self.warning

    @property
    def mark(self) -> str:
        """Return the word at the beginning of the line."""
        if not self.cure:
            return "ok"
        return "warn" if self.warning else "bad"
