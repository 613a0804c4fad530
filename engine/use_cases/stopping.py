"""What is done about an instance that cannot be run at all: an incident, for everybody to see.

An element that fails is an incident of its own, made by the runner. Here the run itself failed:
the stored state is damaged, an upgrade refuses the definition, or we are at fault. What happened to
the instance stays in its inbox and is applied once the cause is mended.
"""

from __future__ import annotations

from datetime import datetime

from engine.errors import EngineError
from engine.history import HistoryEntry, What
from engine.instances import InstanceStatus
from engine.ports import Change, FailureWait
from engine.records import Effects
from engine.stores import Transaction

#: Tokens are numbered from 1: this incident points at none, but at the instance as a whole.
WHOLE = 0


def report(tx: Transaction, instance_id: int, error: Exception, *, now: datetime) -> bool:
    """Open an incident at the whole instance, unless one is open, and tell whether it was opened.

    Retrying it runs the instance again; cancelling the instance always works.
    """
    instance = tx.instances.get(instance_id)
    if instance.status is not InstanceStatus.ACTIVE or _is_reported(tx, instance_id):
        return False
    wait = FailureWait(WHOLE, instance.key, None, what=_what(error), cure=_cure(error))
    applied = tx.waits.apply(Effects(opened=[(instance_id, wait)]), now=now)
    detail = {"what": wait.what, "cure": wait.cure}
    tx.instances.record([(instance_id, HistoryEntry(None, What.INCIDENT, now, detail=detail))])
    tx.work.stopped.append(instance_id)
    for id in applied.incidents:
        tx.note(Change(tx.workspace.key, "incident", id))
    tx.note(Change(tx.workspace.key, "instance", instance_id))
    return True


def _is_reported(tx: Transaction, instance_id: int) -> bool:
    found = tx.incidents.find(instance_id=instance_id, open_only=True, before=None, limit=100)
    return any(each.job_id is None and tx.incidents.wait(each.id)[0] == WHOLE for each in found)


def _what(error: Exception) -> str:
    if isinstance(error, EngineError):
        return f"The instance cannot be run. {error}"
    return f"The instance cannot be run: a fault of Corral, {type(error).__name__}."


def _cure(error: Exception) -> str:
    if isinstance(error, EngineError):
        return "Mend the cause and retry, or cancel the instance; nothing that happened is lost."
    return "The log has the details. Report them, retry after an upgrade, or cancel the instance."
