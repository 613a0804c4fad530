"""The library that weighs posts as X does, and finds their links.

It reads its table of emoji through ``pkg_resources``, a part of setuptools that it does not declare
and that newer environments lack. For the moment of its import it is given the one function it asks
for. Delete this file's detour once the library reads the table with ``importlib.resources``.
"""

from __future__ import annotations

import sys
import threading
from importlib import import_module, resources
from types import ModuleType
from typing import Any

_loading = threading.Lock()


def parse_tweet(text: str) -> Any:
    """Return what X says of a post's length: ``weightedLength``, ``valid`` and more."""
    return _library().parse_tweet(text)


def extract_urls(text: str) -> list[str]:
    """Return the links of a post, as X finds them."""
    found: list[str] = _library().extract_urls(text)
    return found


def _library() -> ModuleType:
    # Loaded when a text is weighed: it compiles large patterns, and every command starts with us.
    with _loading:
        known = sys.modules.get("twitter_text")
        if known is not None:
            return known
        stand_in = ModuleType("pkg_resources")
        stand_in.__dict__["resource_string"] = _resource
        real = sys.modules.get("pkg_resources")
        sys.modules["pkg_resources"] = stand_in
        try:
            return import_module("twitter_text")
        finally:
            del sys.modules["pkg_resources"]
            if real is not None:
                sys.modules["pkg_resources"] = real


def _resource(module: str, name: str) -> bytes:
    """Return a file that lies beside a module."""
    return resources.files(module.rpartition(".")[0]).joinpath(name).read_bytes()
