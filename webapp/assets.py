"""Where the built front end is: from the name a template asks for to the hashed file on disk.

``webapp/frontend/build.mjs`` writes ``static/dist/meta.json``; this module reads it once for each
build, so that a server that runs while the front end is built anew serves the new files. A hashed
file never changes, so browsers may keep it for a year; its address changes with its content.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, g, request
from markupsafe import Markup

DIST = Path(__file__).parent / "static" / "dist"
_YEAR = 365 * 24 * 3600
_SILENT = Markup('aria-hidden="true"')


class FrontEndMissingError(RuntimeError):
    """The front end has not been built, or a template asks for a file it does not have."""


def names() -> dict[str, str]:
    """Return the hashed file name of each asset.

    Raises:
        FrontEndMissingError: there is no readable ``meta.json``.
    """
    manifest = DIST / "meta.json"
    try:
        return _names(manifest, manifest.stat().st_mtime_ns)
    except (OSError, ValueError) as missing:
        raise FrontEndMissingError(
            "The front end is not built. Run 'make install', or in webapp/frontend: "
            "npm ci --ignore-scripts && node build.mjs"
        ) from missing


@lru_cache(maxsize=1)
def _names(manifest: Path, _built: int) -> dict[str, str]:
    read: dict[str, str] = json.loads(manifest.read_text("utf-8"))
    return read


def asset(name: str) -> str:
    """Return the address of one built file, such as ``"main.css"``."""
    known: dict[str, str] | None = g.get("assets")
    if known is None:
        known = g.assets = names()
    try:
        return f"/static/dist/{known[name]}"
    except KeyError as unknown:
        raise FrontEndMissingError(
            f"{name} is not part of the built front end. Run 'make install' again."
        ) from unknown


def icon(name: str, label: str | None = None, size: str = "") -> Markup:
    """Return one icon of the sprite.

    Args:
        name: as in ``webapp/frontend/icons.json``.
        label: what a screen reader says; None for an icon that stands beside its word.
        size: ``""`` (18 px), ``"sm"``, ``"lg"`` or ``"xl"``.
    """
    return _icon(asset("icons.svg"), name, label, size)


@lru_cache(maxsize=1024)
def _icon(sprite: str, name: str, label: str | None, size: str) -> Markup:
    classes = f"ico ico-{size}" if size else "ico"
    spoken = Markup('role="img" aria-label="{}"').format(label) if label else _SILENT
    # The attributes keep an icon small where the style sheet does not arrive.
    return Markup(
        '<svg class="{}" width="18" height="18" {}><use href="{}#{}"></use></svg>'
    ).format(classes, spoken, sprite, name)


def add_to(app: Flask) -> None:
    """Give templates :func:`asset` and :func:`icon`, and let browsers keep hashed files."""
    app.jinja_env.globals.update(asset=asset, icon=icon)
    app.after_request(_keep_hashed)


def _keep_hashed(response: Response) -> Response:
    if request.endpoint == "static" and request.path.startswith("/static/dist/"):
        response.cache_control.public = True
        response.cache_control.max_age = _YEAR
        response.cache_control.immutable = True
        response.cache_control.no_cache = None
    return response
