"""Reference models in the style of each vendor: accepted, with every finding named, and run."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import Engine
from engine.bpmn.dialects import translate
from engine.bpmn.reader import read
from engine.definitions import FileReport, Severity, Source
from engine.ports import JobWait, StoredDecision, UserTaskWait

MODELS = Path(__file__).parents[3] / "corpus/vendors"
STOPPING = (Severity.DRAFT, Severity.ERROR)
#: What keeps a model from starting: element and rule. Nothing means that it runs at once.
STOPPED_BY: dict[str, set[tuple[str, str]]] = {
    "activiti-holiday": set(),
    "camunda-7-damaged-parcel": {
        ("Rate", "unresolved-reference"),
        ("Answer", "unresolved-reference"),
    },
    "camunda-7-java-code": {
        ("Book", "camunda7"),
        ("Notify", "camunda7"),
        ("Sum", "expression-not-compilable"),
        ("Call", "camunda7"),
        ("End", "camunda7"),
    },
    "camunda-8-refund": set(),
    "camunda-8-survey": {("Judge", "unresolved-reference"), ("Tell", "unresolved-reference")},
    "flowable-device-loan": set(),
    "flowable-mail-and-events": {
        ("start", "flowable"),
        ("mail", "flowable"),
        ("look", "flowable"),
        ("http", "flowable"),
        ("end", "flowable"),
    },
    "jbpm-evaluation": set(),
    "spiff-arena-request": {("Fill", "unresolved-reference"), ("Rule", "unresolved-reference")},
    **{
        f"{tool}-order": {("order", "not-executable")}
        for tool in [
            "adonis",
            "aris",
            "bizagi",
            "bonita",
            "bpmn-io",
            "igrafx",
            "modelio",
            "signavio",
            "trisotech",
            "visio",
            "yaoqiang",
        ]
    },
}


def content(name: str) -> bytes:
    return (MODELS / f"{name}.bpmn").read_bytes()


def linted(name: str) -> FileReport:
    engine = Engine.in_memory()
    (report,) = engine.lint([Source(f"{name}.bpmn", content(name))])
    engine.close()
    return report


def test_every_model_is_in_the_table() -> None:
    assert {path.stem for path in MODELS.glob("*.bpmn")} == set(STOPPED_BY)


@pytest.mark.parametrize("name", sorted(STOPPED_BY))
def test_a_model_is_accepted_and_says_what_is_missing(name: str) -> None:
    # when
    report = linted(name)

    # then
    stopping = {(p.element, p.rule) for p in report.problems if p.severity in STOPPING}
    assert stopping == STOPPED_BY[name]
    assert not [p for p in report.problems if p.severity is Severity.ERROR]
    assert not [p for p in report.problems if "is no setting of" in p.message]
    assert len(report.definitions) == 1


@pytest.mark.parametrize("name", sorted(STOPPED_BY))
def test_a_model_is_translated_once_and_for_all(name: str) -> None:
    # given
    document = read(Source(name, content(name)))
    translate(document)

    # when
    again = translate(document)

    # then
    assert [problem for problem in again if problem.severity is not Severity.INFO] == []


def test_a_model_of_camunda_7_runs_to_its_end(vendor, draw) -> None:
    # given
    table = (
        b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"><decision '
        b'id="damage-rating" name="Rating"><decisionTable hitPolicy="FIRST"><input id="i">'
        b'<inputExpression id="x"><text>amount</text></inputExpression></input>'
        b'<output id="o" name="rating"/><rule id="r1"><inputEntry id="e1"><text>&lt; 50</text>'
        b'</inputEntry><outputEntry id="o1"><text>"small"</text></outputEntry></rule><rule id="r2">'
        b'<inputEntry id="e2"><text>-</text></inputEntry><outputEntry id="o2"><text>"big"</text>'
        b"</outputEntry></rule></decisionTable></decision></definitions>"
    )
    answer = draw.process(
        '<startEvent id="s2"/><userTask id="write"/>' + draw.flow("s2", "write"), "answer-customer"
    )
    variables = {"amount": 120, "inspector": "ana"}

    # when
    case = vendor.start(
        content("camunda-7-damaged-parcel"),
        variables,
        [("answer-customer", answer)],
        [StoredDecision(1, "damage-rating", "rating.dmn", table)],
        key="DamagedParcel",
    )
    inspect = case.wait(UserTaskWait, "Inspect")
    case.later(hours=8)
    reminder = case.wait(JobWait, "Remind")
    case.do("Inspect", amount=100)
    pay = case.wait(JobWait, "Settle")
    case.job_done("Settle", number="P-9")
    case.do("write", answered=True)

    # then
    assert (inspect.queue, inspect.assignee, inspect.priority) == ("inspection", "ana", 60)
    assert inspect.form == "DamagedParcel.Inspect"
    assert (reminder.type, reminder.payload["to"]) == ("remind", "ana")
    assert (pay.type, pay.retries, pay.payload["total"]) == ("pay-claim", 5, 105)
    assert case.ran[-4:] == ["s2", "write", "Answer", "Done"]
    assert case.data["rating"] == "big"
    assert (case.data["payment"], case.data["answered"]) == ("P-9", True)


def test_a_model_of_flowable_runs_to_its_end(vendor) -> None:
    # when
    case = vendor.start(
        content("flowable-device-loan"), {"owner": "ana", "devices": ["a", "b"]}, key="deviceLoan"
    )
    case.do("approve", granted=True, days=14)
    case.job_done("reserve")
    case.do("hand")
    case.do("hand")

    # then
    assert case.completed
    assert case.ran[:5] == ["start", "approve", "decide", "reserve", "until"]
    assert case.data["reminders"] == 2


def test_a_model_of_activiti_goes_round_until_it_is_granted(vendor) -> None:
    # when
    case = vendor.start(content("activiti-holiday"), {"employee": "ana"}, key="holiday")
    case.do("decide", granted="no")
    change = case.wait(UserTaskWait, "change")
    case.do("change")
    case.do("decide", granted="yes")
    case.do("book")

    # then
    assert change.assignee == "ana"
    assert case.ran == [
        "start",
        *("decide", "split", "change"),
        *("decide", "split", "book"),
        "booked",
    ]


def test_a_model_of_camunda_8_runs_to_its_end(vendor) -> None:
    # given
    items = [{"price": 90}, {"price": 30}]

    # when
    case = vendor.start(
        content("camunda-8-refund"), {"items": items, "dueDate": "PT4H"}, key="Refund"
    )
    case.do("Check", approved=True)
    pay = case.wait(JobWait, "Pay")
    case.job_done("Pay", body={"id": "P-3"}, status=200)
    case.send("money-arrived", "P-3")

    # then
    assert (pay.type, pay.retries) == ("io.camunda:http-json:1", 5)
    assert (pay.payload["amount"], pay.payload["method"]) == (120, "POST")
    assert case.ran == [
        *("Asked", "Total", "Much", "Check", "Approved"),
        *("Pay", "Arrived", "Done"),
    ]
    assert (case.data["payment"], case.data["total"]) == ("P-3", 120)
    assert "status" not in case.data


def test_a_model_of_camunda_8_collects_the_results_of_its_loop(vendor) -> None:
    # given
    customers = [{"name": "Cem", "agent": "ana"}, {"name": "Dee", "agent": "ben"}]

    # when
    case = vendor.start(
        content("camunda-8-survey"), {"customers": customers, "channel": "x"}, key="Survey"
    )
    agents = sorted(wait.assignee for wait in case.waits(UserTaskWait))
    case.do("Ask", mark=1)
    case.do("Ask", mark=2)

    # then
    assert agents == ["ana", "ben"]
    assert case.data["marks"] == [1, 2]
    assert case.incident.element == "Judge"


def test_a_model_of_jbpm_runs_to_its_end(vendor) -> None:
    # when
    case = vendor.start(content("jbpm-evaluation"), key="evaluation")
    queue = case.wait(UserTaskWait, "_self").queue
    case.do("_self")
    mail = case.wait(JobWait, "_mail")
    case.job_done("_mail")

    # then
    assert (queue, mail.type) == ("staff", "Email")
    assert mail.payload == {"To": "hr@example.org", "Subject": "Evaluation"}
    assert case.completed


def test_the_form_inside_a_diagram_is_deployed_with_it() -> None:
    # given
    engine = Engine.in_memory()

    # when
    engine.deploy([Source("refund.bpmn", content("camunda-8-refund"))], by="dora")
    engine.start("Refund", {"items": [{"price": 90}, {"price": 30}], "dueDate": "PT4H"})
    (task,) = engine.user_tasks()

    # then
    form = engine.form(task.id)
    assert form is not None
    assert [component["key"] for component in form.schema["components"]] == ["approved", "note"]
    assert (task.queue, task.priority) == ("refunds", 75)
    engine.close()


def test_what_is_wrong_in_a_form_inside_a_diagram_is_a_draft_at_its_user_task(vendor) -> None:
    # given
    form = '{"components": [{"type": "teleport", "key": "a"}, {"type": "button", "key": "b"}]}'
    body = (
        f"<extensionElements><zeebe:userTaskForm id='f'>{form}</zeebe:userTaskForm>"
        '</extensionElements><startEvent id="s"/><userTask id="u"><extensionElements>'
        '<zeebe:formDefinition formKey="camunda-forms:bpmn:f"/></extensionElements></userTask>'
        '<sequenceFlow id="f1" sourceRef="s" targetRef="u"/>'
    )
    engine = Engine.in_memory()

    # when
    (report,) = engine.lint([Source("p.bpmn", vendor.content(body, "zeebe"))])
    engine.close()

    # then
    wrong = [(p.element, p.severity) for p in report.problems if p.rule == "form-component"]
    assert wrong == [("u", Severity.DRAFT), ("u", Severity.WARNING)]
