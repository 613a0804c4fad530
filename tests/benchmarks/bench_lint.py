"""What an upload costs: linting and deploying a diagram of 200 elements, in CPU time.

The diagram has what diagrams have: user tasks with reminders, decisions, jobs, scripts, a picture.
CPU time, because a commit waits for the disk. The floor is a bare parse of the same bytes by lxml.
A deployment reads and checks the files again and stores them, so it holds what linting costs.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping

from lxml import etree

from engine import Engine
from engine.definitions import Source
from tools.bench import Figure, Run

ELEMENTS = 200
SAMPLES = 25
#: Milliseconds for linting and deploying together.
BAR = 150.0

_HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:corral="urn:corral:bpmn:1" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI">'
)
#: One round of six nodes: asked, reminded of, decided, answered.
_ROUND = """
<userTask id="ask{n}" name="Answer {n}"><extensionElements>
  <corral:userTask queue="care" title="= 'Answer ' + topic" due="= due_after" priority="50"/>
</extensionElements></userTask>
<boundaryEvent id="late{n}" attachedToRef="ask{n}" cancelActivity="false"><timerEventDefinition>
  <timeDuration>PT{n}H</timeDuration></timerEventDefinition></boundaryEvent>
<scriptTask id="note{n}"><script>late_{n} = reminders + 1
text_{n} = 'Task {n} is late'</script></scriptTask>
<exclusiveGateway id="kind{n}" name="What kind?" default="plain{n}"/>
<serviceTask id="send{n}" name="Send"><extensionElements><corral:job type="reply.send">
  <corral:input name="text" value="= answer_{n}"/>
  <corral:output name="sent_{n}" value="= result.id"/>
</corral:job></extensionElements></serviceTask>
<exclusiveGateway id="join{n}"/><endEvent id="end{n}"/>
"""
_FLOW = '<sequenceFlow id="{key}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'
_SHAPE = (
    '<bpmndi:BPMNShape id="shape{n}" bpmnElement="{of}"><dc:Bounds x="{n}" y="9" width="100" '
    'height="80"/></bpmndi:BPMNShape>'
)


def diagram(elements: int) -> bytes:
    """Return a diagram of about so many nodes and flows, with its picture."""
    parts = ['<startEvent id="start"/>']
    before, rounds = "start", max(elements // 15, 1)
    for n in range(1, rounds + 1):
        parts.append(_ROUND.format(n=n))
        condition = (
            f"<conditionExpression>score_{n} &gt; 5 and topic != 'other {n}'</conditionExpression>"
        )
        for key, source, target, inner in (
            (f"in{n}", before, f"ask{n}", ""),
            (f"remind{n}", f"late{n}", f"note{n}", ""),
            (f"noted{n}", f"note{n}", f"end{n}", ""),
            (f"asked{n}", f"ask{n}", f"kind{n}", ""),
            (f"reply{n}", f"kind{n}", f"send{n}", condition),
            (f"plain{n}", f"kind{n}", f"join{n}", ""),
            (f"replied{n}", f"send{n}", f"join{n}", ""),
        ):
            parts.append(_FLOW.format(key=key, source=source, target=target, inner=inner))
        before = f"join{n}"
    parts.append('<endEvent id="done"/>')
    parts.append(_FLOW.format(key="last", source=before, target="done", inner=""))
    shapes = "".join(_SHAPE.format(n=n, of=f"ask{n}") for n in range(1, elements + 1))
    return (
        f'{_HEAD}<process id="large" name="Large" isExecutable="true">{"".join(parts)}</process>'
        f'<bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane id="plane" bpmnElement="large">{shapes}'
        "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></definitions>"
    ).encode()


def milliseconds(work: Callable[[], object]) -> float:
    """Return the CPU time that ``work`` takes."""
    begin = time.process_time()
    work()
    return (time.process_time() - begin) * 1000


def measure(run: Run) -> Mapping[str, Figure]:
    """Lint and deploy a diagram that is new each time, so that nothing is remembered of it."""
    engine = Engine.open(f"sqlite:///{run.folder / 'lint.sqlite'}")
    content = diagram(ELEMENTS)
    parse, lint, deploy = [], [], []
    try:
        for number in range(max(SAMPLES // run.shrink, 2)):
            fresh = content.replace(b"score_", f"score{number}_".encode())
            source = Source("large.bpmn", fresh)
            parse.append(milliseconds(lambda fresh=fresh: etree.fromstring(fresh)))
            lint.append(milliseconds(lambda source=source: engine.lint([source])))
            deploy.append(milliseconds(lambda source=source: engine.deploy([source])))
    finally:
        engine.close()
    floor = statistics.median(parse)
    whole = statistics.median(lint) + statistics.median(deploy)
    run.say(f"lint: {lint[0]:.0f} ms the first time, {statistics.median(lint):.0f} ms after that")
    return {
        "lint_200": Figure(statistics.median(lint), "ms (CPU)", floor, BAR, more_is_better=False),
        "lint_and_deploy_200": Figure(whole, "ms (CPU)", floor, BAR, more_is_better=False),
    }
