"""The library that weighs posts as X does, and finds their links.

It reads its table of emoji through ``pkg_resources``, a part of setuptools that it does not declare
and that newer environments lack. For the moment of its import it is given the one function it asks
for. Delete this file's detour once the library reads the table with ``importlib.resources``.
"""

from __future__ import annotations

import sys
from importlib import resources
from types import ModuleType


def _resource(module: str, name: str) -> bytes:
    """Return a file that lies beside a module."""
    return resources.files(module.rpartition(".")[0]).joinpath(name).read_bytes()


_stand_in = ModuleType("pkg_resources")
_stand_in.__dict__["resource_string"] = _resource
_real = sys.modules.get("pkg_resources")
sys.modules["pkg_resources"] = _stand_in
try:
    from twitter_text import extract_urls, parse_tweet
finally:
    del sys.modules["pkg_resources"]
    if _real is not None:
        sys.modules["pkg_resources"] = _real

__all__ = ["extract_urls", "parse_tweet"]
