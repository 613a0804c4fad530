"""Every page and API list of the application as addresses to request, with filters and deep pages.

Which routes there are is asked of the application. What an address names is looked up in the
database, so that the answers are those of a full page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask
from sqlalchemy import Connection, text
from werkzeug.routing import Rule

#: Never ends; are files; answer programs alone; reads no row.
_LEFT_OUT = {
    "live.stream", "static", "attachments.save", "attachments.save_ours", "monitoring.metrics",
    "hooks.receive", "channel_adding.show",
    "forms.show", "forms.answers", "forms.look_back", "forms.style",
}  # fmt: skip
_SEARCHED = ("Ivo", "zo", "Zoë Silva", "ana_27", "nobody at all", "x", "@ivo_1", "order:5", "#17")
#: Filters of the API as the pages have them: the name, and the only value if there is but one.
_PAGES: dict[str, tuple[str, object]] = {
    "search": ("q", None),
    "waiting_at": ("at", None),
    "overdue_at": ("overdue", 1),
    "with_incident": ("incident", 1),
    "started_before": ("age", 720),
    "open_only": ("all", 1),
}


class UnknownPlaceError(LookupError):
    """A route has a part nobody told a value for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One address to request, and the endpoint it belongs to."""

    endpoint: str
    address: str


def every(app: Flask, connection: Connection, workspace: int) -> list[Wanted]:
    """Return every address a person can open by GET, each filter once.

    Raises:
        UnknownPlaceError: a route was added whose part has no value here: add one.
    """
    known = _Samples(connection, workspace)
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint not in _LEFT_OUT:
            path = _path(app, rule, known)
            queries = [{}, *known.queries(rule.endpoint)] if _lists(rule) else [{}]
            found += [
                Wanted(rule.endpoint, f"{path}?{urlencode(query)}" if query else path)
                for query in queries
            ]
    return found


def _lists(rule: Rule) -> bool:
    return not rule.arguments or rule.arguments == {"queue"}


def _path(app: Flask, rule: Rule, known: _Samples) -> str:
    values = {name: known.place(rule.endpoint, name) for name in rule.arguments}
    path = rule.rule
    for name, value in values.items():
        for form in (f"<{name}>", f"<int:{name}>"):
            path = path.replace(form, quote(str(value)))
    return path


class _Samples:
    """What addresses name: rows in the middle of things, of one workspace."""

    def __init__(self, connection: Connection, workspace: int) -> None:
        self._connection = connection
        self._workspace = workspace
        self._kept: dict[str, Any] = {}

    def place(self, endpoint: str, name: str) -> object:
        """Return a value for a part of an address."""
        room = endpoint.partition(".")[0]
        found = self._places().get((room, name), self._places().get(("", name)))
        if found is None:
            raise UnknownPlaceError(f"tools/page_requests.py knows no {name!r} for {endpoint}.")
        return found

    def queries(self, endpoint: str) -> Iterator[Mapping[str, object]]:
        """Yield the filters and deep pages of a list."""
        return iter(self._queries().get(endpoint, ()))

    def _one(self, statement: str) -> Any:
        if statement not in self._kept:
            row = self._connection.execute(text(statement), {"w": self._workspace}).first()
            if row is None:
                raise UnknownPlaceError(f"Nothing was found with: {statement}")
            self._kept[statement] = row[0] if len(row) == 1 else tuple(row)
        return self._kept[statement]

    def _middle(self, table: str, condition: str = "true") -> Any:
        """Return the id of a row half way through a table."""
        return self._one(
            f"SELECT min(id) FROM {table} WHERE workspace_id = :w AND {condition} "  # noqa: S608
            f"AND id >= (SELECT max(id) / 2 FROM {table})"
        )

    def _places(self) -> dict[tuple[str, str], object]:
        task = self._one(
            "SELECT t.id FROM user_task t JOIN instance i ON i.id = t.instance_id "
            "WHERE t.workspace_id = :w AND t.status = 'claimed' AND t.form IS NOT NULL "
            "AND i.correlation_key IS NOT NULL ORDER BY t.id DESC LIMIT 1"
        )
        instance = self._middle("instance", "status = 'active'")
        return {
            ("tasks", "number"): task,
            ("instances", "number"): instance,
            ("conversations", "number"): self._middle("conversation"),
            ("customers", "number"): self._middle("customer"),
            ("channel_account", "number"): self._one(
                "SELECT min(id) FROM channel_account WHERE workspace_id = :w"
            ),
            ("clusters", "number"): self._middle("cluster"),
            ("decisions", "key"): "triage",
            ("api_decisions", "key"): "triage",
            ("", "key"): "complaint",
            ("", "version"): 3,
            ("", "queue"): "care-3",
            ("", "rule"): "activity-leads-nowhere",
            ("", "cluster_id"): self._middle("cluster"),
            ("", "conversation_id"): self._middle("conversation"),
            ("", "customer_id"): self._middle("customer"),
            ("", "definition_id"): self._one(
                "SELECT id FROM definition WHERE workspace_id = :w AND key = 'complaint' "
                "ORDER BY version DESC LIMIT 1"
            ),
            ("", "instance_id"): instance,
            ("", "job_id"): self._middle("job"),
            ("", "user_task_id"): task,
        }

    def _queries(self) -> dict[str, list[Mapping[str, object]]]:
        instance = self._middle("instance", "status = 'active'")
        deep = {"before": instance}
        due, last = self._deep_task("true")
        queue_due, queue_last = self._deep_task("queue = 'care-3'")
        moment = self._one("SELECT now() - interval '90 days'").isoformat()
        now = self._one("SELECT now()").isoformat()
        key = self._one(
            "SELECT business_key FROM instance WHERE workspace_id = :w AND "
            "business_key LIKE 'demo:%' ORDER BY id DESC LIMIT 1"
        )
        customers: list[Mapping[str, object]] = [
            {"before": self._middle("customer")},
            *({"search": word} for word in _SEARCHED),
            {"search": "Ivo", "before": self._middle("customer")},
        ]
        incidents: list[Mapping[str, object]] = [
            {"before": self._middle("incident")},
            {"open_only": "false"},
            {"open_only": "false", "before": self._middle("incident")},
        ]
        instances = self._instances(deep, moment, now, key)
        return {
            "inbox.show": [
                {"mine": 1},
                {"after": f"{due.isoformat()},{last}"},
                {"after": f"{queue_due.isoformat()},{queue_last}"},
                {"after": f"-,{last}"},
            ],
            "customers.index": _of_page(customers),
            "api_conversations.customers": customers,
            "incidents.index": _of_page(incidents),
            "api_incidents.incidents": [*incidents, {"instance_id": instance}],
            "instances.index": _of_page(instances),
            "api_instances.instances": [{**query, "limit": 200} for query in instances],
            "search.show": [{"q": word} for word in (*_SEARCHED, "care", "Complaint", key)],
            "processes.index": [{"deployed": 1}],
            "api_user_tasks.user_tasks": self._user_tasks(due, last, now, instance),
            "api_jobs.jobs": [
                {"type": "fetch"},
                {"type": "nothing"},
                {"type": "fetch", "open_only": "false"},
                {"type": "nothing", "open_only": "false"},
                {"open_only": "false", "limit": 200},
                {"instance_id": instance, "open_only": "false"},
            ],
        }

    def _instances(
        self, deep: Mapping[str, object], moment: str, now: str, key: str
    ) -> list[Mapping[str, object]]:
        narrow: list[Mapping[str, object]] = [
            *({"status": status} for status in ("active", "completed", "cancelled", "failed")),
            *({"key": key} for key in ("complaint", "errand", "unknown")),
            {"key": "errand", "status": "active"},
            {"key": "complaint", "status": "cancelled"},
            {"key": "errand", "status": "cancelled"},
            *({"waiting_at": at} for at in ("answer_complaint", "fetch", "nowhere")),
            {"waiting_at": "handle_lead", "key": "complaint"},
            {"waiting_at": "look", "with_incident": "true"},
            {"started_before": moment},
            {"started_before": moment, "status": "active"},
            {"overdue_at": now},
            {"overdue_at": now, "key": "errand"},
            {"overdue_at": now, "with_incident": "true"},
            {"with_incident": "true"},
            {"with_incident": "true", "status": "completed"},
            {"business_key": key},
            {"business_key": "demo:nothing"},
        ]
        return [deep, *narrow, *({**query, **deep} for query in narrow)]

    def _user_tasks(
        self, due: Any, last: int, now: str, instance: int
    ) -> list[Mapping[str, object]]:
        after = {"after_due": due.isoformat(), "after_id": last}
        one: list[Mapping[str, object]] = [
            {},
            {"queue": "care-3"},
            {"queue": "nowhere"},
            {"claimed_by": "ana"},
            {"claimed_by": "nobody"},
            {"overdue_at": now},
            {"queue": "care-3", "claimed_by": "ana"},
            {"queue": "care-3", "overdue_at": now},
            {"instance_id": instance},
        ]
        every = [*one, *({**query, **after} for query in one)]
        return [*every, *({**query, "open_only": "false"} for query in every)]

    def _deep_task(self, condition: str) -> Any:
        return self._one(
            "SELECT due, id FROM user_task WHERE workspace_id = :w AND due IS NOT NULL AND "  # noqa: S608
            f"status IN ('created', 'claimed') AND {condition} ORDER BY due, priority DESC, id "
            f"OFFSET (SELECT count(*) * 4 / 5 FROM user_task WHERE workspace_id = :w AND "
            f"status IN ('created', 'claimed') AND due IS NOT NULL AND {condition}) LIMIT 1"
        )


def _of_page(queries: Sequence[Mapping[str, object]]) -> list[Mapping[str, object]]:
    """Return queries of the API as the pages spell them."""
    return [dict(_spelled(*item) for item in query.items()) for query in queries]


def _spelled(name: str, value: object) -> tuple[str, object]:
    spelled, always = _PAGES.get(name, (name, None))
    return spelled, always or value
