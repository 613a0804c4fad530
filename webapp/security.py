"""Who may do what over HTTP: login, roles, CSRF, headers, limits on attempts.

Nothing is open by default: a route needs a login unless its endpoint is marked :func:`public`,
and every request that changes something needs a CSRF token, in the form field ``csrf_token`` or
in the header ``X-CSRFToken``. Requests to the API that bear an API token instead of a session
need none, because no browser adds that header by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import wraps
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, request, session, url_for
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFProtect, generate_csrf

from webapp import logs
from webapp.people import Person, Role

if TYPE_CHECKING:
    from flask import Blueprint

    from webapp.people import People
    from webapp.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")

#: ``style-src`` allows inline styles because diagram-js positions its overlays with them; scripts
#: come from our own files alone.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
#: Of a page that others may embed: it runs no script and calls nobody.
EMBEDDED_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors ",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def caller() -> str:
    """Return where a request comes from, as limits count it: of IPv6 whoever has a whole /64."""
    address = get_remote_address()
    try:
        told = ip_address(address)
    except ValueError:
        return address
    if not isinstance(told, IPv6Address):
        return address
    return str(told.ipv4_mapped or IPv6Network((int(told), 64), strict=False))


class Sessions(SecureCookieSessionInterface):
    """Sessions in the cookie, kept alive by the pages a person opens.

    What a page asks beside that (a live part, a look at an answer) may be answered after the
    person has gone on. A cookie in such an answer would put the session back as it was before:
    without the message for the next page, or as if nobody had logged out.
    """

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """Tell whether this answer brings the cookie anew."""
        return session.modified or (session.permanent and opens_page())


def opens_page() -> bool:
    """Tell whether a person opens a page with this request, rather than a page asks for more."""
    # Browsers ask so for a page; a script asks for text/html alone, or for anything.
    return "application/xhtml+xml" in request.accept_mimetypes.values()


csrf = CSRFProtect()
limiter = Limiter(key_func=caller, headers_enabled=True)


def protect(app: Flask, people: People, settings: Settings) -> None:
    """Put login, CSRF, limits and headers in front of every route of ``app``."""
    app.session_interface = Sessions()
    app.config.update(
        SESSION_COOKIE_NAME="corral_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        # The session's own lifetime bounds the token; a page left open over lunch still works.
        WTF_CSRF_TIME_LIMIT=None,
        # Asked in _guard, which knows requests that bear an API token.
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_SSL_STRICT=settings.https,
        RATELIMIT_STORAGE_URI="memory://",
    )
    csrf.init_app(app)
    # Not of the page alone: parts of pages are read once, without what a page knows.
    app.jinja_env.globals.update(csrf_token=csrf_token, opens_page=opens_page)
    limiter.init_app(app)
    manager = LoginManager()
    # It would write the cookie when somebody's address changes, with whatever is asked first.
    manager.session_protection = None
    manager.init_app(app)
    manager.user_loader(lambda person: None if _asks_nobody() else people.of_session(person))
    manager.request_loader(lambda asked: _by_token(people, asked.headers.get("Authorization", "")))
    app.before_request(_guard)
    app.after_request(_add_headers(settings))


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view as open to people who are not logged in."""
    view.__dict__["public"] = True
    return view


def answers_machines(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view as open to programs that have neither login nor CSRF token.

    The view verifies each call itself, by its very bytes: nothing has read the body before.
    """
    view.__dict__["machines"] = True
    return public(view)


def proves_itself(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view as open to strangers whose form bears a proof of its own, not a CSRF token.

    It is for forms inside pages of others, where browsers keep our cookies back. The view uses no
    session, so there is nothing of the person's that another page could misuse.
    """
    view.__dict__["proof"] = True
    return public(view)


def embeddable(origins: Sequence[str]) -> None:
    """Let pages of ``origins`` embed the answer to this request; without any, it stays alone."""
    g.embeddable_in = tuple(origins)


def require(*roles: Role | str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let only people with one of ``roles`` (or an operator) into a view; others get a 403."""
    needed = tuple(Role(role) for role in roles)

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            allow(*needed)
            return view(*args, **kwargs)

        return checked

    return decorate


def require_for_all(page: Blueprint, *roles: Role | str) -> None:
    """Let only people with one of ``roles`` (or an operator) into any view of a blueprint."""
    needed = tuple(Role(role) for role in roles)
    page.before_request(lambda: allow(*needed))


def allow(*roles: Role) -> None:
    """Pass when the person who asks has one of ``roles`` or is an operator, else answer 403."""
    if not current_person().may(*roles):
        names = " or ".join(roles)
        abort(403, f"This needs the role {names}. Ask an operator to give it to you.")


def current_person() -> Person:
    """Return who asks.

    Raises:
        RuntimeError: nobody is logged in; only a view marked :func:`public` can see this.
    """
    if not current_user.is_authenticated:
        raise RuntimeError("nobody is logged in: this must not be called from a public view")
    return cast("Person", current_user._get_current_object())


def csrf_token() -> str:
    """Return the token for the forms of this page; they all bear the same one."""
    # As Flask-WTF does, which reads its whole configuration before it looks for the one it made.
    made: str | None = g.get("csrf_token")
    return generate_csrf() if made is None else made


def sign_in(person: Person) -> None:
    """Start a session for ``person``; what an earlier visitor left in the cookie is dropped."""
    session.clear()
    session.permanent = True
    login_user(person)


def sign_out() -> None:
    """End the session of this browser."""
    logout_user()
    session.clear()


def local_target(target: str | None) -> str | None:
    """Return ``target`` when it is a path of ours, so that ``?next=`` leads nowhere else."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if any(ord(letter) < 0x21 or letter == "\\" for letter in target):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


def ask_nobody() -> None:
    """Take whoever looks for a stranger from now on in this request; their session stays.

    For a page that says that the database is away: to know the person, it would have to be asked.
    """
    g.asks_nobody = True
    g.pop("_login_user", None)


def _asks_nobody() -> bool:
    return bool(g.get("asks_nobody"))


def is_api() -> bool:
    """Tell whether the request asks for JSON rather than a page."""
    return request.path.startswith("/api/")


def _guard() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None  # no such route: the 404 page tells nothing that needs a login
    view = current_app.view_functions[request.endpoint]
    if getattr(view, "machines", False):
        return None
    if any("\x00" in text for text in _typed()):
        abort(400, "The request holds a NUL character. Take it out and try again.")
    proved = _bears_token() or getattr(view, "proof", False)
    if request.method not in {"GET", "HEAD", "OPTIONS"} and not proved:
        csrf.protect()
    if getattr(view, "public", False) or request.endpoint.endswith("static"):
        return None
    if not current_user.is_authenticated:
        return _ask_to_log_in()
    person = current_person()
    logs.name_in_request(workspace=person.workspace, person=person.login)
    return None


def _typed() -> Iterator[str]:
    """Yield the texts of the address and of the form: PostgreSQL can look for none with a NUL."""
    yield request.path
    for _, value in (*request.args.items(multi=True), *request.form.items(multi=True)):
        yield value


def _bears_token() -> bool:
    # Only a request the token alone authenticates may go without CSRF: with a session cookie
    # beside it, current_user would come from the cookie.
    return is_api() and "Authorization" in request.headers and "_user_id" not in session


def _ask_to_log_in() -> ResponseReturnValue:
    if is_api() or request.accept_mimetypes.best == "text/event-stream":
        abort(401, "Log in, or send an API token: 'Authorization: Bearer corral_...'.")
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    address = url_for("entrance.show", next=local_target(target))
    if request.headers.get("HX-Request"):
        # A redirect would be followed inside the fragment; htmx moves the whole page instead.
        return Response(status=204, headers={"HX-Redirect": url_for("entrance.show")})
    return redirect(address)


def _by_token(people: People, header: str) -> Person | None:
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not is_api():
        return None
    return people.of_token(token.strip())


def _add_headers(settings: Settings) -> Callable[[Response], Response]:
    def add(response: Response) -> Response:
        if (origins := g.get("embeddable_in")) is not None:
            policy = EMBEDDED_POLICY + (" ".join(origins) or "'none'")
            response.headers["Content-Security-Policy"] = policy
        for name, value in HEADERS.items():
            # Browsers that heed the policy would not; others would refuse those who may.
            if not (origins and name == "X-Frame-Options"):
                response.headers.setdefault(name, value)
        if settings.https:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if request.endpoint is None or not request.endpoint.endswith("static"):
            # Pages hold customers' data: no shared cache, and nothing behind the back button.
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return add
