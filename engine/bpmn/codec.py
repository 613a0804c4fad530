"""An instance to bytes and back: the live tokens and the variables, nothing else.

The first byte is the version of the format; the rest is msgpack. Once the definition version has a
dictionary, all of it is packed (:mod:`engine.packing`), and begins with another byte. Specs are
named by their index, so a state is readable with exactly the definition version that wrote it. A
called process keeps the id of the version it runs. Variables are stored once a scope; a loop or
call, which works on a copy, stores what differs from the copy's origin. The size depends on what is
alive, never on age.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from engine.bpmn.errors import StateError
from engine.bpmn.program import Program, World
from engine.bpmn.scope import Compensable, Scope, SubScope
from engine.bpmn.token import FUTURE, READY, WAITING, Token
from engine.bpmn.workflow import Instance
from engine.instances import InstanceStatus
from engine.packing import Dictionary, PackingError, unpack

VERSION = 1
#: Extension types: a moment of any zone as text, a date, a moment in UTC as microseconds.
_DATETIME, _DATE, _MOMENT = 1, 2, 3
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_STATUSES = tuple(InstanceStatus)
#: What reading damaged bytes, or the bytes of another definition, ends in.
_DAMAGE = (msgspec.MsgspecError, LookupError, TypeError, ValueError, AttributeError)


def dump(instance: Instance, dictionary: Dictionary | None = None) -> bytes:
    """Return the state of ``instance``, which is at rest; packed where there is a dictionary."""
    kept = _kept(instance)
    scopes = [_scope_row(instance, None)]
    scopes.extend(
        _scope_row(scope, scope.parent_workflow)
        for number, scope in sorted(instance.scopes.items())
        if number in kept
    )
    row = [instance.last_number, _STATUSES.index(instance.status), scopes]
    state = bytes((VERSION,)) + _encode(row)
    return state if dictionary is None else dictionary.pack(state)


def load(
    state: bytes,
    program: Program,
    *,
    now: datetime,
    world: World,
    find: Callable[[int], Dictionary | None] = lambda number: None,
) -> Instance:
    """Return the instance that ``state`` describes.

    Args:
        state: as :func:`dump` gave it, under the same definition version.
        program: that version, compiled.
        now: the present, UTC.
        world: where the versions of called processes are found.
        find: returns the dictionary of a number; None: there is none such.

    Raises:
        StateError: the bytes are damaged, of an unknown format, or of another definition; or the
            dictionary they were packed with is gone.
    """
    if not state:
        raise StateError("it is empty")
    try:
        state = unpack(state, find)
    except PackingError as error:
        raise StateError(str(error)) from error
    if state[0] != VERSION:
        raise StateError(f"it has the format {state[0]}, and this version knows format {VERSION}")
    try:
        row = _decode(state[1:])
        return _instance(row, program, now, world)
    except _DAMAGE as error:
        raise StateError(f"it is damaged, or of another definition ({error})") from error


# -- bytes ---------------------------------------------------------------------------------------


def _encode(row: Any) -> bytes:
    return _ENCODER.encode(_packed(row))


def _packed(value: Any) -> Any:
    """Return ``value`` with dates as extension types; msgspec alone would lose their kind."""
    kind = type(value)
    if kind is dict or kind is list:
        # Most values hold no date: nothing is rebuilt for them.
        changed = None
        for key, item in value.items() if kind is dict else enumerate(value):
            if type(item) not in _SCALARS:
                packed = _packed(item)
                if packed is not item:
                    changed = value.copy() if changed is None else changed
                    changed[key] = packed
        return value if changed is None else changed
    if kind is datetime:
        if value.tzinfo is UTC:
            moment = (value - _EPOCH) // _MICROSECOND
            return msgspec.msgpack.Ext(_MOMENT, moment.to_bytes(8, "big", signed=True))
        return msgspec.msgpack.Ext(_DATETIME, value.isoformat().encode())
    if kind is date:
        return msgspec.msgpack.Ext(_DATE, value.isoformat().encode())
    return value


def _unpacked(code: int, data: memoryview) -> Any:
    if code == _MOMENT:
        return _EPOCH + timedelta(microseconds=int.from_bytes(data, "big", signed=True))
    text = bytes(data).decode()
    if code == _DATETIME:
        return datetime.fromisoformat(text)
    if code == _DATE:
        return date.fromisoformat(text)
    raise ValueError(f"extension type {code}")


_SCALARS = frozenset({str, int, float, bool, type(None)})
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(ext_hook=_unpacked)


def _decode(data: bytes) -> Any:
    return _DECODER.decode(data)


# -- writing -------------------------------------------------------------------------------------


def _kept(instance: Instance) -> set[int]:
    """Return the scopes that still matter: under way, or to be compensated."""
    kept: set[int] = set()
    pending = [number for number, scope in instance.scopes.items() if not scope.completed]
    pending.extend(number for scope in instance.all_scopes() for number in _planned(scope))
    pending.extend(_compensable(instance))
    while pending:
        number = pending.pop()
        scope = instance.scopes.get(number)
        if scope is None or number in kept:
            continue
        kept.add(number)
        pending.extend(_compensable(scope))
        # What a scope lies in is needed to find its variables.
        if scope.parent_workflow is not None:
            pending.append(scope.parent_workflow.number)
    return kept


def _compensable(scope: Scope) -> list[int]:
    return [record.scope.number for record in scope.compensable if record.scope is not None]


def _planned(scope: Scope) -> list[int]:
    plans = [token.internal_data.get("plan", ()) for token in scope.tasks.values()]
    running = [scope.number] if scope.completed and scope.tasks else []
    return [number for plan in plans for number, _ in plan] + running


def _scope_row(scope: Scope, outer: Scope | None) -> list[Any]:
    same = outer is not None and outer.program is scope.program
    return [
        scope.number,
        outer.number if outer is not None else -1,
        scope.owner.id if scope.owner is not None and scope.owner.alive else 0,
        0 if same or outer is None else scope.program.id,
        scope.spec.index,
        _data_row(scope, outer),
        [_token_row(token, scope) for token in scope.tasks.values()],
        scope.rounds,
        [_compensable_row(record) for record in scope.compensable],
        scope.completed,
    ]


def _data_row(scope: Scope, outer: Scope | None) -> Any:
    """Return all variables; None where they are shared; a difference where a base is at hand."""
    if outer is None:
        return scope.data
    owner = scope.owner
    if owner is None or not owner.alive:
        return None if scope.data is outer.data else [scope.data]
    if scope.data is owner.data:
        return None
    return _difference(owner.internal_data["base"], scope.data)


def _token_row(token: Token, scope: Scope) -> list[Any]:
    row: list[Any] = [
        token.id,
        token.task_spec.index,
        token.state,
        token.parent.id if token.parent is not None else 0,
        token.via,
        token.internal_data or None,
    ]
    if token.data is not scope.data:
        parent = token.parent
        base = parent.internal_data.get("base") if parent is not None else None
        row.append(_difference(base, token.data) if base is not None else [token.data])
    return row


def _difference(base: Mapping[str, Any], data: Mapping[str, Any]) -> list[Any]:
    changed = {
        key: value
        for key, value in data.items()
        if key not in base or not (base[key] is value or _equal(base[key], value))
    }
    return [changed, [key for key in base if key not in data]]


def _equal(one: Any, other: Any) -> bool:
    # True == 1 == 1.0: nested values are compared by their bytes, which tell these apart.
    return type(one) is type(other) and one == other and _encode(one) == _encode(other)


def _compensable_row(record: Compensable) -> list[Any]:
    handler = record.handler.index if record.handler is not None else -1
    return [record.activity, handler, record.scope.number if record.scope is not None else 0]


# -- reading -------------------------------------------------------------------------------------


def _instance(row: list[Any], program: Program, now: datetime, world: World) -> Instance:
    last_number, status, scopes = row
    first = scopes[0]
    instance = Instance(program, program.scopes[first[4]], now=now, world=world)
    instance.last_number = last_number
    instance.status = _STATUSES[status]
    instance.data = first[5]
    _fill(instance, first)
    for scope_row in scopes[1:]:
        _fill(_sub_scope(instance, scope_row, world), scope_row)
    for scope, scope_row in zip(instance.all_scopes(), scopes, strict=True):
        scope.compensable = [_compensable_of(instance, scope, r) for r in scope_row[8]]
    for token in instance.tokens():
        _revive(instance, token)
    return instance


def _sub_scope(instance: Instance, row: list[Any], world: World) -> SubScope:
    number, outer_number, owner_id, definition, index, data = row[:6]
    outer: Scope = instance.scopes[outer_number] if outer_number else instance
    owner = outer.tasks[owner_id] if owner_id else None
    program = world.program(definition) if definition else outer.program
    shared = owner.data if owner is not None else outer.data
    if data is not None:
        base = owner.internal_data["base"] if owner is not None and len(data) == 2 else {}
        shared = _applied(base, data)
    scope = SubScope(
        program, program.scopes[index], number=number, owner=owner, outer=outer, data=shared
    )
    instance.scopes[number] = scope
    if owner is not None:
        owner.inner = scope
    return scope


def _fill(scope: Scope, row: list[Any]) -> None:
    """Make the tokens; those that hang on another one after it, whichever came first."""
    elements = scope.spec.elements
    for number, index, state, _, via, internal, *_ in row[6]:
        token = Token(scope, elements[index], number=number, data=scope.data)
        token._set_state(state)
        token.via = via
        token.internal_data = internal or {}
        if state == WAITING and via >= 0 and not token.task_spec.triggers:
            scope.arrived.setdefault(token.task_spec, []).append(token)
    for number, _, _, parent_id, _, _, *local in row[6]:
        token = scope.tasks[number]
        if parent_id:
            token.parent = scope.tasks[parent_id]
            token.parent.children.append(token)
        if local:
            base = token.parent.internal_data["base"] if token.parent and len(local[0]) == 2 else {}
            token.data = _applied(base, local[0])
    scope.rounds = row[7]
    scope.completed = row[9]


def _applied(base: Mapping[str, Any], difference: list[Any]) -> dict[str, Any]:
    changed, gone = difference if len(difference) == 2 else (difference[0], ())
    data = {key: value for key, value in base.items() if key not in gone}
    data.update(changed)
    return data


def _compensable_of(instance: Instance, scope: Scope, row: list[Any]) -> Compensable:
    activity, handler, number = row
    spec = scope.spec.elements[handler] if handler >= 0 else None
    return Compensable(activity, spec, instance.scopes[number] if number else None)


def _revive(instance: Instance, token: Token) -> None:
    """Queue what was about to run, and watch the conditions again."""
    if token.state == FUTURE or (token.state == READY and not token.task_spec.slots(token)):
        instance.queue.append(token)
    elif token.state == WAITING and token.task_spec.watches:
        instance.watchers[token.id] = token


__all__ = ["VERSION", "dump", "load"]
