"""The engine's tables: what a row means, and how long it lives.

Every row belongs to a workspace and says so itself, so that no query needs a join to stay inside;
all but those of the history, which are too many, and are reached through their instance.
"""

from engine.storage.tables.definitions import (
    ConditionStartRow,
    DefinitionRow,
    DeploymentRow,
    DictionaryRow,
    FormRow,
    MessageStartRow,
    ResourceRow,
    SignalStartRow,
    TimerStartRow,
    WorkspaceRow,
)
from engine.storage.tables.instances import (
    HistoryRow,
    InboxRow,
    InstanceRow,
    MessageRow,
    TermRow,
)
from engine.storage.tables.registry import Table, metadata
from engine.storage.tables.waits import IncidentRow, JobRow, SubscriptionRow, TimerRow, UserTaskRow

__all__ = [
    "ConditionStartRow",
    "DefinitionRow",
    "DeploymentRow",
    "DictionaryRow",
    "FormRow",
    "HistoryRow",
    "InboxRow",
    "IncidentRow",
    "InstanceRow",
    "JobRow",
    "MessageRow",
    "MessageStartRow",
    "ResourceRow",
    "SignalStartRow",
    "SubscriptionRow",
    "Table",
    "TermRow",
    "TimerRow",
    "TimerStartRow",
    "UserTaskRow",
    "WorkspaceRow",
    "metadata",
]
