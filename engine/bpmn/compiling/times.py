"""Compiles what timers say: a time as it stands, or an expression that gives one.

A time nobody can read makes a draft, because people write «5 days» and «every Monday» into
drawings; in a diagram drawn for Corral it is an error. What can be read, and means something else
elsewhere, is a warning.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from engine import timers
from engine.bpmn.expressions import Expression, Literal, Unread, is_marked
from engine.bpmn.extensions.timer import TimerSettings
from engine.bpmn.problems import problem_at
from engine.bpmn.specs.triggers import TimerTrigger
from engine.bpmn.xml import B, Element, identity, is_drawn_for_corral, process_of, text_of
from engine.calendars import Calendar
from engine.cron import cron, looks_like_cron
from engine.definitions import Severity
from engine.errors import TimerExpressionError
from engine.schedules import Schedule

if TYPE_CHECKING:
    from engine.bpmn.compiling.context import Context

_CURE = "Write a duration such as PT15M, a date with its offset, or a cycle: R3/PT1H, 0 9 * * MON."
#: What begins like a time, or is words: anything else is taken for an expression.
_CONSTANT = re.compile(r"[+-]?P[\dT]|R-?\d*/|[\d@*]|[^()'\"]* [^()'\"]*$")


def timer(context: Context, event: Element, definition: Element) -> TimerTrigger | None:
    """Compile a timer event definition; None, and a problem, when it says no time."""
    settings = context.settings(event).get("timer") or TimerSettings()
    calendar = calendar_named(context, event, settings.calendar)
    zone = settings.zone or (calendar.zone if calendar is not None else "UTC")
    for tag in ("timeDate", "timeDuration", "timeCycle"):
        holder = definition.find(B + tag)
        if holder is not None and text_of(holder):
            read_as = Schedule(text_of(holder), zone, calendar)
            time = _time(context, event, holder, read_as, cycle=tag == "timeCycle")
            return TimerTrigger(identity(event) or "", time, zone, calendar)
    context.draft(
        event,
        "trigger-missing",
        "The timer has no time.",
        "Give it a duration such as PT15M, a date or a cycle.",
    )
    return None


def calendar_named(context: Context, element: Element, name: str | None) -> Calendar | None:
    """Return the calendar of that name of the process around ``element``; None without a name."""
    if not name:
        return None
    process = process_of(element)
    found = context.settings(process).get("calendar", ()) if process is not None else ()
    for calendar in found:
        if isinstance(calendar, Calendar) and calendar.name == name:
            return calendar
    context.draft(
        element,
        "calendar-missing",
        f"The process has no calendar '{name}'.",
        f'Add <corral:calendar name="{name}" hours="Mo-Fr 09:00-17:00"/> to the process.',
    )
    return None


def start_time(context: Context, event: Element, trigger: TimerTrigger) -> None:
    """Find out what the timer of a start event says; there are no variables it could read yet."""
    if isinstance(trigger.expression, Literal | Unread):
        return
    try:
        text = str(trigger.expression.evaluate({}))
        Schedule(text, trigger.zone, trigger.calendar).check()
    except Exception:  # noqa: BLE001 - whatever it is, the expression gives no time here
        context.draft(
            event,
            "start-time-unknown",
            f"Before the process starts '{trigger.expression.text}' gives no time.",
            "Write the time itself, or an expression without variables.",
        )
        return
    trigger.expression = Literal(text)


def _time(
    context: Context, owner: Element, holder: Element, schedule: Schedule, *, cycle: bool
) -> Expression:
    text = schedule.text
    if is_marked(text) or not (_CONSTANT.match(text) or looks_like_cron(text)):
        return context.expression(owner, holder) or Literal(text)
    try:
        if timers.is_cycle(text) and not cycle:
            raise TimerExpressionError(text, "a cycle belongs into timeCycle.")
        if cycle and not timers.is_cycle(text):
            timers.duration(text)
        schedule.check()
    except TimerExpressionError as error:
        _unreadable(context, owner, error)
    else:
        _warn(context, owner, schedule)
    return Literal(text)


def _unreadable(context: Context, owner: Element, error: TimerExpressionError) -> None:
    # As with expressions: in a diagram drawn for Corral it is a slip, elsewhere a remark.
    severity = Severity.ERROR if is_drawn_for_corral(owner) else Severity.DRAFT
    context.problems.append(problem_at(owner, "timer-not-readable", severity, str(error), _CURE))


def _warn(context: Context, owner: Element, schedule: Schedule) -> None:
    if timers.has_naive_date(schedule.text):
        message = f"The date does not say its offset: it is read in {schedule.zone}."
        cure = 'Add the offset, such as Z or +01:00, or <corral:timer zone="Europe/Berlin"/>.'
        _warning(context, owner, "date-without-offset", message, cure)
    if looks_like_cron(schedule.text) and cron(schedule.text).by_number:
        quartz = "1" if "?" in schedule.text else "0"
        message = f"Tools disagree about numbers for days of the week; here Sunday is {quartz}."
        _warning(context, owner, "cron-weekday-number", message, "Write MON to SUN.")


def _warning(context: Context, owner: Element, rule: str, message: str, cure: str) -> None:
    context.problems.append(problem_at(owner, rule, Severity.WARNING, message, cure))


__all__ = ["calendar_named", "start_time", "timer"]
