"""Runs BPMN process instances. It knows no network and no page.

The public embedding API is :class:`engine.Engine`; see ``docs/embedding.md``.
"""

from engine.decisions import Decision, FiredRule
from engine.definitions import Definition, DefinitionKind, Deployment, Problem, Severity, Source
from engine.engine import Engine, decide
from engine.errors import EngineError
from engine.history import HistoryEntry, What
from engine.incidents import Incident
from engine.instances import Instance, InstanceDetail, InstanceFilter, InstanceStatus
from engine.jobs import Job, JobStatus
from engine.limits import Limits
from engine.messages import Correlated, Correlation, Message
from engine.user_tasks import Completion, QueueSummary, Submission, UserTask, UserTaskStatus
from engine.workspaces import Workspace

__all__ = [
    "Completion",
    "Correlated",
    "Correlation",
    "Decision",
    "Definition",
    "DefinitionKind",
    "Deployment",
    "Engine",
    "EngineError",
    "FiredRule",
    "HistoryEntry",
    "Incident",
    "Instance",
    "InstanceDetail",
    "InstanceFilter",
    "InstanceStatus",
    "Job",
    "JobStatus",
    "Limits",
    "Message",
    "Problem",
    "QueueSummary",
    "Severity",
    "Source",
    "Submission",
    "UserTask",
    "UserTaskStatus",
    "What",
    "Workspace",
    "decide",
]
