"""Turns a global task, which call activities may call, into a process with that one task."""

from __future__ import annotations

from engine.bpmn.problems import Findings
from engine.bpmn.xml import B, Element, N, Names, add

ORDER = 30
#: Kind of global task -> kind of the task it becomes.
GLOBAL_TASKS = {
    "globalTask": "task",
    "globalUserTask": "userTask",
    "globalScriptTask": "scriptTask",
    "globalManualTask": "manualTask",
    "globalBusinessRuleTask": "businessRuleTask",
}


def apply(root: Element, names: Names, findings: Findings) -> None:
    """Wrap each global task; the process takes over its id, the task is known by it as well."""
    for tag, kind in GLOBAL_TASKS.items():
        for task in list(root.iter(B + tag)):
            key = task.get("id") or names.fresh(tag)
            process = add(
                root, "process", names, id=key, name=task.get("name") or key, isExecutable="true"
            )
            process.append(task)
            task.tag = B + kind
            task.set(N + "as", key)
            task.set("id", names.fresh(f"{key}_task"))
            findings.info(task, "A global task runs as a process with this one task.")
