"""jBPM and Kogito: the namespace of Drools.

Its expressions are Java or MVEL unless they say FEEL or XPath; those that call Java are drafts by
the language they name.

[Dialects](../dialects.md) lists every setting: what it becomes here, what is read past, and what
makes a drawing a draft until its cure is followed.
"""

from __future__ import annotations

from engine.bpmn.data_links import variable_of
from engine.bpmn.dialects.performers import performers
from engine.bpmn.dialects.settings import Settings, Vocabulary, settings_of
from engine.bpmn.dialects.writing import become, extension, parameter, put
from engine.bpmn.problems import Findings
from engine.bpmn.xml import B, Element, local, text_of

_SCRIPT = "Draw a script task before or after it with assignments."
#: Data inputs of a user task that say who does it, and the setting they become.
_HUMAN = {"GroupId": "queue", "ActorId": "assignee", "Priority": "priority"}
#: Data inputs that every task has there and that say nothing here.
#: How a business rule task says that it asks DMN, and the data inputs that say what.
_DMN = "http://www.jboss.org/drools/dmn"
_ASKED = ("namespace", "model", "decision")
_READ_PAST = {"TaskName", "Skippable", "Comment", "Description", "CreatedBy", "NodeName", "Content"}

#: Elements on which BPMN itself says what matters here.
_ALWAYS = frozenset({"userTask", "businessRuleTask"})

VOCABULARY = Vocabulary(
    "jBPM",
    translated=frozenset({"taskName", "onEntry-script", "onExit-script", "priority"}),
    without_meaning=frozenset(
        """
        adHoc dg dtype global import independent metaData name packageName selectable signalRef
        value version waitForCompletion dockerInfo type
        """.split()  # noqa: SIM905 - a list to be compared at a glance
    ),
    unsupported={"ruleFlowGroup": "Ask a decision table.", "msgref": "Name the message itself."},
)


def takes(namespace: str) -> bool:
    """Take the namespace of Drools, in which all of jBPM writes."""
    return namespace == "http://www.jboss.org/drools"


def apply(root: Element, namespaces: frozenset[str], findings: Findings) -> None:
    """Translate; see :meth:`engine.bpmn.dialects.Dialect.apply`."""
    seen: set[str] = set()
    for settings in settings_of(root, namespaces, always=_ALWAYS):
        _scripts(settings, findings, seen)
        _handler(settings)
        _decision(settings.element)
        if local(settings.element) == "sequenceFlow":
            seen.update({"priority"} if settings.text("priority") else ())
        if local(settings.element) == "userTask":
            seen.update(_human(settings.element))
        VOCABULARY.report(settings, findings, seen)
    VOCABULARY.conclude(root, findings, seen)


def _scripts(settings: Settings, findings: Findings, seen: set[str]) -> None:
    for name in ("onEntry-script", "onExit-script"):
        for script in settings.take(name):
            text = " ".join("".join(str(part) for part in script.itertext()).split())
            if text:
                findings.draft(
                    settings.element, f"Its {name} runs code there: '{text:.60}'.", _SCRIPT
                )
            else:
                seen.add(name)


def _handler(settings: Settings) -> None:
    """Make a task with a work item handler a service task with that job type."""
    host = settings.element
    handler = settings.text("taskName") if local(host) in ("task", "serviceTask") else ""
    if not handler:
        return
    become(host, "serviceTask")
    put(host, "job", type=handler)
    job = extension(host, "job")
    for name, value in _assigned(host).items():
        if name != "TaskName":
            parameter(job, "input", name, value)
    for association in host.findall(B + "dataInputAssociation"):
        if association.find(B + "assignment") is not None:
            host.remove(association)


def _decision(task: Element) -> None:
    """Make a business rule task that names a decision of a model ask it.

    Process and decisions come together there. The result has the type of the decision, and goes
    where the data output of its name goes.
    """
    if local(task) != "businessRuleTask" or task.get("implementation") != _DMN:
        return
    decision = _assigned(task).get("decision", "")
    result = _taken_out(task, decision)
    if decision:
        put(task, "decision", ref=decision, result=result, map="plain", binding="deployment")
    names = _inputs(task)
    for association in task.findall(B + "dataInputAssociation"):
        target = names.get(text_of(association.find(B + "targetRef")), "")
        if target in _ASKED and association.find(B + "assignment") is not None:
            task.remove(association)


def _taken_out(task: Element, name: str) -> str:
    """Return the variable that the data output ``name`` goes to; its associations are taken out."""
    found = {each.get("id"): each for each in task.getroottree().iter() if each.get("id")}
    outputs = task.findall(f"{B}ioSpecification/{B}dataOutput")
    ids = {one.get("id") for one in outputs if one.get("name") == name or len(outputs) == 1}
    variable = None
    for association in task.findall(B + "dataOutputAssociation"):
        target = found.get(text_of(association.find(B + "targetRef")))
        if text_of(association.find(B + "sourceRef")) in ids and target is not None:
            variable = variable or variable_of(target, found.get)
            task.remove(association)
    return variable or ""


def _human(task: Element) -> set[str]:
    """Read who does a user task from the data inputs that get a constant.

    Returns:
        The names of those that say nothing here.
    """
    for _, actor in performers(task, plain="user"):
        put(task, "userTask", assignee=actor)
    given = _assigned(task)
    for name, setting in _HUMAN.items():
        value = given.get(name, "").partition(",")[0].strip()
        if value:
            put(task, "userTask", **{setting: value})
    names = _inputs(task)
    read_past: set[str] = set()
    for association in task.findall(B + "dataInputAssociation"):
        target = names.get(text_of(association.find(B + "targetRef")), "")
        constant = association.find(B + "assignment") is not None
        if constant and (target in _HUMAN or target in _READ_PAST):
            task.remove(association)
            read_past.update({target} - set(_HUMAN))
    return read_past


def _inputs(task: Element) -> dict[str, str]:
    return {
        one.get("id") or "": one.get("name") or ""
        for one in task.iterfind(f"{B}ioSpecification/{B}dataInput")
    }


def _assigned(task: Element) -> dict[str, str]:
    """Return name and constant of each data input; ``#{variable}`` is a variable."""
    names = _inputs(task)
    found: dict[str, str] = {}
    for association in task.findall(B + "dataInputAssociation"):
        name = names.get(text_of(association.find(B + "targetRef")), "")
        for assignment in association.findall(B + "assignment"):
            value = text_of(assignment.find(B + "from"))
            if name and value:
                found[name] = value
    return found
