"""Builds the web application out of rooms that are wired already.

Pages (``webapp/pages/*.py``, a ``page`` blueprint each) and API resources
(``webapp/api/*.py``, an ``api`` blueprint each) are found, not registered.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from apiflask import APIFlask
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from webapp import api, assets, entrance, filters, live, pages, problems, security
from webapp.api.paging import LARGEST_ID
from webapp.json_bodies import StrictJson
from webapp.monitoring import door
from webapp.monitoring.requests import watch
from webapp.release import version
from webapp.services import EXTENSION, Rooms

#: Bytes of one request at least; uploads of diagrams are the largest, and may be two at a time.
LARGEST_REQUEST = 10 * 1024 * 1024


class RowNumber(IntegerConverter):
    """The part ``<int:...>`` of an address; a number no row can have leads to no page."""

    def __init__(self, map: Map) -> None:
        """Refuse what a database would refuse."""
        super().__init__(map, max=LARGEST_ID)


def create_app(rooms: Rooms, *, secret_key: str) -> APIFlask:
    """Return the application. ``secret_key`` signs sessions: at least 32 random bytes."""
    app = APIFlask(
        "webapp",
        title="Corral",
        version=version(),
        spec_path="/api/openapi.json",
        docs_path=None,  # the viewer's scripts would come from another site
        json_errors=False,
    )
    app.json = StrictJson(app)
    app.spec_processor(_one_of_each_tag)
    app.config.update(
        SECRET_KEY=secret_key,
        MAX_CONTENT_LENGTH=max(LARGEST_REQUEST, 2 * rooms.settings.limits.upload_bytes),
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        OPENAPI_VERSION="3.1.0",
        DESCRIPTION="The same as the pages, as JSON. Send 'Authorization: Bearer <API token>'.",
        SECURITY_SCHEMES={
            "token": {"type": "http", "scheme": "bearer"},
            "session": {"type": "apiKey", "in": "cookie", "name": "corral_session"},
        },
    )
    app.url_map.converters["int"] = RowNumber
    app.extensions[EXTENSION] = rooms
    if count := rooms.settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, count, count, count, count)  # type: ignore[method-assign]
    watch(app, rooms.monitor.metrics, proxies=rooms.settings.trusted_proxies)
    security.protect(app, rooms.people, rooms.settings)
    problems.answer_with(app)
    filters.add_to(app)
    assets.add_to(app)
    for module in (entrance, live, door, *_found(pages)):
        # APIFlask asks this of every blueprint when it describes the API.
        module.page.__dict__["enable_openapi"] = False
        app.register_blueprint(module.page)
    for module in _found(api):
        app.register_blueprint(module.api, url_prefix=f"/api{module.api.url_prefix or ''}")
    # What the API is like is no secret, and tools read it before they have a token.
    security.public(app.view_functions["openapi.spec"])
    return app


def _found(package: ModuleType) -> Iterator[ModuleType]:
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda found: found.name):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        if hasattr(module, "page") or hasattr(module, "api"):
            yield module


def _one_of_each_tag(spec: Any) -> Any:
    """Return the description of the API with each tag once: several files may share one."""
    return spec | {"tags": list({tag["name"]: tag for tag in spec["tags"]}.values())}
