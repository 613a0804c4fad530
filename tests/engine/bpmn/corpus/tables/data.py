"""Data, lanes, correlation, pools, and what passes between instances."""

from __future__ import annotations

from tests.engine.bpmn.corpus.moves import completes, message, starts
from tests.engine.bpmn.corpus.scenario import Scenario

DATA = [
    Scenario(
        "data-objects",
        "Data associations copy into an activity and out of it",
        "start price end",
        {"order": 7, "made": 21, "bill": 21},
        proves="dataInputAssociation dataOutputAssociation",
        start={"order": 7},
    ),
    Scenario(
        "data-computed",
        "Transformations and assignments compute on the way",
        "start price end",
        {"order": 7, "made": 14, "bill": 15},
        proves="transformation assignment from to",
        start={"order": 7},
    ),
    Scenario(
        "lanes",
        "A lane is the queue of the user tasks in it",
        "start",
        {},
        proves="laneSet lane flowNodeRef",
        end="active answer@Care",
    ),
    Scenario(
        "lanes",
        "A lane within a lane is the queue of what is in it",
        "start answer",
        {},
        proves="childLaneSet",
        moves=(completes("answer"),),
        end="active pay@Refunds",
    ),
    Scenario(
        "correlation-subscription",
        "A correlation subscription says which message an instance waits for",
        "start wait end",
        {"own": "A-1", "order": "A-1"},
        proves=(
            "correlationSubscription "
            "correlationPropertyBinding "
            "correlationProperty "
            "correlationKey "
            "correlationPropertyRef "
            "dataPath"
        ),
        start={"own": "A-1"},
        moves=(
            message("order placed", "B-2"),
            message("order placed", "A-1", order="A-1"),
        ),
    ),
    Scenario(
        "correlation-of-what-is-thrown",
        "A thrown message takes its key from what its retrieval expression finds",
        "begin | begin wait heard | start tell end",
        {"own": "A-1"},
        proves="correlationPropertyRetrievalExpression messagePath",
        start=None,
        moves=(
            starts("hears", own="A-1"),
            starts("hears", own="B-2"),
            starts("correlation_of_what_is_thrown", order="B-2"),
        ),
        end="active",
    ),
    Scenario(
        "pools",
        "Pools talk along their message flows, and an answer finds who asked",
        "want order bill happy | ordered write send sold",
        {"conversation_key": ...},
        proves="messageFlow",
        moves=(completes("write"),),
        process="customer",
    ),
    Scenario(
        "signal-between-instances",
        "A signal reaches every instance that waits for it",
        "start work all_done end | begin hears heard | begin hears heard",
        {},
        moves=(
            starts("listener"),
            starts("listener"),
            completes("work"),
        ),
    ),
]
