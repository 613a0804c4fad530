"""Activities, their loops, and lanes."""

from __future__ import annotations

from tests.engine.bpmn.rules.constraints.writing import (
    DRAFT,
    END,
    ERROR,
    INFO,
    PLAIN,
    START,
    TASK,
    WARNING,
    Constraint,
    sub,
    timer,
)

INNER, TIMED = '<task id="i"/>', timer("startEvent", "t")
COMPLETE = "<completionCondition>done</completionCondition>"
WAYS = ("s a b e",)
FIRST = '<receiveTask id="r" messageRef="m" instantiate="true"/>'
MESSAGE = '<message id="m" name="m"/>'
#: Ends the process and begins another.
SECOND = '</process><process id="q" isExecutable="true" {}>'
LANES = '<laneSet id="ls"><lane id="l1">{}</lane><lane id="l2">{}</lane></laneSet>'
REF = "<flowNodeRef>a</flowNodeRef>"
REPEAT = '<standardLoopCharacteristics loopMaximum="3"/>'
MANY = "<multiInstanceLoopCharacteristics {}>{}</multiInstanceLoopCharacteristics>"
THREE = "<loopCardinality>3</loopCardinality>"
DEFINED = (
    "<complexBehaviorDefinition><condition>nrOfCompletedInstances == 2</condition>"
    '<event id="ie"><signalEventDefinition signalRef="g"/></event></complexBehaviorDefinition>'
)
LISTED = "<loopDataInputRef>items</loopDataInputRef>"


def ad_hoc(inside: str) -> tuple[str, ...]:
    """Return an ad-hoc sub-process in a process."""
    return PLAIN + sub("b", inside, tag="adHocSubProcess"), *WAYS


def looping(*markers: str, attributes: str = "") -> tuple[str, ...]:
    """Return a task with loop markers."""
    return f'{START}<task id="a" {attributes}>{"".join(markers)}</task>{END}', "s a e"


ACTIVITIES = [
    Constraint(
        "An ad-hoc sub-process holds an activity",
        "10.3.5",
        "ad-hoc-empty",
        DRAFT,
        "b",
        ad_hoc(COMPLETE),
        ad_hoc(INNER),
    ),
    Constraint(
        "An ad-hoc sub-process holds no start event",
        "10.3.5",
        "ad-hoc-start-or-end",
        DRAFT,
        "x",
        ad_hoc(INNER + '<startEvent id="x"/>'),
        ad_hoc(INNER),
    ),
    Constraint(
        "An ad-hoc sub-process holds no end event",
        "10.3.5",
        "ad-hoc-start-or-end",
        DRAFT,
        "x",
        ad_hoc(INNER + '<endEvent id="x"/>'),
        ad_hoc(INNER),
    ),
    Constraint(
        "An ad-hoc sub-process says when it is complete",
        "10.3.5",
        "ad-hoc-completion",
        INFO,
        "b",
        ad_hoc(INNER),
        ad_hoc(INNER + COMPLETE),
    ),
    Constraint(
        "A sub-process holds something",
        "10.3.5",
        "empty-sub-process",
        INFO,
        "b",
        (PLAIN + sub("b", ""), *WAYS),
        (PLAIN + sub("b", INNER), *WAYS),
    ),
    *(
        Constraint(
            f"No event starts a sub-process of the kind '{tag}'",
            "10.3.5",
            "event-sub-process-kind",
            DRAFT,
            "b",
            (
                PLAIN + sub("b", TIMED + INNER, 'triggeredByEvent="1"', tag),
                "s a e",
            ),
            (PLAIN + sub("b", INNER, tag=tag), *WAYS),
        )
        for tag in ("transaction", "adHocSubProcess")
    ),
    Constraint(
        "No flow leads to a receive task that creates instances",
        "10.3.3",
        "instantiate-in-the-flow",
        DRAFT,
        "r",
        (PLAIN + FIRST, "s a r e"),
        (FIRST + END, "r e"),
        beside=MESSAGE,
    ),
    Constraint(
        "A receive task that creates instances stands in the process",
        "10.3.3",
        "instantiate-in-the-flow",
        DRAFT,
        "r",
        (PLAIN + sub("b", FIRST), *WAYS),
        (FIRST + END, "r e"),
        beside=MESSAGE,
    ),
    *(
        Constraint(
            f"The {attribute} of an activity is not {value or 'empty'}",
            "10.3",
            "quantities",
            DRAFT,
            "a",
            looping(attributes=f'{attribute}="{value}"'),
            looping(attributes=f'{attribute}="1"'),
        )
        for attribute in ("startQuantity", "completionQuantity")
        for value in ("0", "-1", "two", "")
    ),
    Constraint(
        "A loop has a condition or a maximum",
        "10.3.8",
        "loop-without-end",
        DRAFT,
        "a",
        looping("<standardLoopCharacteristics/>"),
        looping(REPEAT),
    ),
    Constraint(
        "The maximum of a loop is a number",
        "10.3.8",
        "loop-maximum",
        DRAFT,
        "a",
        looping('<standardLoopCharacteristics loopMaximum="-1"/>'),
        looping(REPEAT),
    ),
    Constraint(
        "A multi-instance activity says how many times it runs",
        "10.3.8",
        "instances-missing",
        DRAFT,
        "a",
        looping(MANY.format("", "")),
        looping(MANY.format("", THREE)),
    ),
    Constraint(
        "A call activity names what it calls",
        "10.3.6",
        "called-process-missing",
        DRAFT,
        "c",
        (PLAIN + '<callActivity id="c"/>', "s a c e"),
        (PLAIN + '<callActivity id="c" calledElement="q"/>', "s a c e"),
    ),
    Constraint(
        "An activity has one loop marker",
        "10.3.8",
        "two-loops",
        ERROR,
        "a",
        looping(REPEAT, MANY.format("", THREE)),
        looping(REPEAT),
    ),
    Constraint(
        "A multi-instance activity has a number or a list",
        "10.3.8",
        "instances-given-twice",
        WARNING,
        "a",
        looping(MANY.format("", THREE + LISTED)),
        looping(MANY.format("", LISTED)),
    ),
    Constraint(
        "The behaviour None has an event",
        "10.3.8",
        "behavior-event-missing",
        DRAFT,
        "a",
        looping(MANY.format('behavior="None"', THREE)),
        looping(MANY.format('behavior="None" noneBehaviorEventRef="d"', THREE)),
        beside='<signal id="g" name="g"/><signalEventDefinition id="d" signalRef="g"/>',
    ),
    Constraint(
        "The behaviour One has an event",
        "10.3.8",
        "behavior-event-missing",
        DRAFT,
        "a",
        looping(MANY.format('behavior="One"', THREE)),
        looping(MANY.format('behavior="One" oneBehaviorEventRef="d"', THREE)),
        beside='<signal id="g" name="g"/><signalEventDefinition id="d" signalRef="g"/>',
    ),
    Constraint(
        "The behaviour Complex has definitions",
        "10.3.8",
        "behavior-event-missing",
        DRAFT,
        "a",
        looping(MANY.format('behavior="Complex"', THREE)),
        looping(MANY.format('behavior="Complex"', THREE + DEFINED)),
        beside='<signal id="g" name="g"/>',
    ),
    Constraint(
        "A multi-instance activity that can end early says when",
        "8.4.6",
        "condition-empty",
        DRAFT,
        "a",
        looping(MANY.format("", THREE + "<completionCondition/>")),
        looping(MANY.format("", THREE + COMPLETE)),
    ),
    Constraint(
        "A time of an executable process is a formal expression",
        "8.4.6",
        "expression-informal",
        INFO,
        "p",
        (PLAIN + timer("intermediateCatchEvent", "t"), "s a t e"),
        (PLAIN, "s a e"),
    ),
    Constraint(
        "A public process is not executable",
        "10.2.1",
        "public-and-executable",
        WARNING,
        "q",
        (TASK + SECOND.format('processType="Public"'),),
        (TASK + SECOND.format('processType="Private"'),),
    ),
    Constraint(
        "A script names its language",
        "10.3.3",
        "script-without-format",
        INFO,
        "x",
        (PLAIN + '<scriptTask id="x"><script>n = 1</script></scriptTask>', "s a x e"),
        (
            PLAIN + '<scriptTask id="x" scriptFormat="python"><script>n = 1</script></scriptTask>',
            "s a x e",
        ),
    ),
    Constraint(
        "With an end event every path ends at one",
        "10.5.3",
        "activity-leads-nowhere",
        WARNING,
        "b",
        (PLAIN + '<task id="b"/>', "s a e", "s b"),
        (PLAIN + '<task id="b"/>', "s a e", "s b e"),
    ),
    Constraint(
        "An element stands in one lane of a lane set",
        "10.8",
        "lane-overlap",
        WARNING,
        "a",
        (LANES.format(REF, REF) + PLAIN, "s a e"),
        (LANES.format(REF, "") + PLAIN, "s a e"),
    ),
]
