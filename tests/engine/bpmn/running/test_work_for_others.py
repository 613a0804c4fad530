"""User tasks, jobs and decisions: what is handed out, and what comes back."""

from datetime import timedelta

import pytest

from engine.history import What
from engine.ports import (
    Event,
    EventKind,
    FailureWait,
    JobWait,
    StoredDecision,
    UserTaskWait,
)

DECISION = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d"
 namespace="urn:x"><decision id="triage" name="Triage"><decisionTable id="t" hitPolicy="FIRST">
<input id="i"><inputExpression id="ie" typeRef="number">
<text>score</text></inputExpression></input>
<output id="o" name="kind" typeRef="string"/>
<rule id="low">
<inputEntry id="a"><text>&lt; 5</text></inputEntry>
<outputEntry id="b"><text>"calm"</text></outputEntry></rule>
<rule id="high">
<inputEntry id="c"><text>-</text></inputEntry>
<outputEntry id="e"><text>"hot"</text></outputEntry></rule>
</decisionTable></decision></definitions>"""


def user_task(settings):
    extension = f"<extensionElements><corral:userTask {settings}/></extensionElements>"
    return f'<startEvent id="s"/><userTask id="u" name="Answer">{extension}</userTask>'


def test_a_user_task_is_handed_out_with_queue_due_date_form_and_priority(play, draw):
    # given
    settings = 'queue="care" form="answer" due="= within" priority="= 30 + 40" assignee="= who"'

    # when
    case = play(user_task(settings) + draw.flow("s", "u"), {"within": "PT4H", "who": "ana"})

    # then
    (wait,) = case.waits(UserTaskWait)
    assert (wait.name, wait.queue, wait.form) == ("Answer", "care", "answer")
    assert (wait.priority, wait.assignee) == (70, "ana")
    assert wait.due == case.now + timedelta(hours=4)


@pytest.mark.parametrize(("kind", "name"), [("question", "Answer a question"), ("", "Answer")])
def test_a_title_is_read_in_place_of_the_name_unless_it_is_empty(play, draw, kind, name):
    # when
    title = user_task("title=\"= kind and 'Answer a ' + kind\"")
    case = play(title + draw.flow("s", "u"), {"kind": kind})

    # then
    (wait,) = case.waits(UserTaskWait)
    assert wait.name == name


def test_without_a_queue_the_lane_names_it(play, draw):
    # given
    lanes = (
        '<laneSet id="ls"><lane id="l" name="Supervisors">'
        "<flowNodeRef>u</flowNodeRef></lane></laneSet>"
    )

    # when
    case = play(lanes + '<startEvent id="s"/><userTask id="u"/>' + draw.flow("s", "u"))

    # then
    (wait,) = case.waits(UserTaskWait)
    assert (wait.queue, wait.due, wait.form, wait.priority) == ("Supervisors", None, None, 50)


@pytest.mark.parametrize("settings", ['due="soon"', 'due="= 5"', 'priority="high"'])
def test_settings_of_a_user_task_that_cannot_be_are_an_incident(play, draw, settings):
    # when
    case = play(user_task(settings) + draw.flow("s", "u"))

    # then
    assert case.incident.element == "u"


def test_a_form_merges_against_what_the_person_saw(play, draw):
    # given
    case = play(
        '<startEvent id="s"/><userTask id="u"/><userTask id="v"/>'
        + draw.flow("s", "u")
        + draw.flow("s", "v"),
        {"a": 1, "b": 1, "c": 1},
    )
    case.do("v", a=2, b=2)

    # when the person changed b alone
    token = case.wait(UserTaskWait, "u").token
    case.apply(
        Event(
            EventKind.USER_TASK_COMPLETED,
            token=token,
            payload={"a": 1, "b": 3},
            opened_with={"a": 1, "b": 1},
        )
    )

    # then
    assert case.data == {"a": 2, "b": 3, "c": 1}


def test_the_history_shows_both_values_where_a_form_overwrote_what_somebody_else_wrote(play, draw):
    # given
    body = '<startEvent id="s"/><userTask id="u"/><userTask id="v"/>'
    case = play(body + draw.flow("s", "u") + draw.flow("s", "v"), {"a": 1})
    case.do("v", a=2)

    # when
    token = case.wait(UserTaskWait, "u").token
    completed = EventKind.USER_TASK_COMPLETED
    case.apply(Event(completed, token=token, payload={"a": 3}, opened_with={"a": 1}))

    # then
    (entry,) = [entry for entry in case.last.history if entry.element == "u"]
    assert entry.detail == {"overwritten": [{"variable": "a", "before": 2, "after": 3}]}
    assert case.data == {"a": 3}


def test_the_history_says_who_completed_a_user_task(play, draw):
    # given
    case = play('<userTask id="u"/>')

    # when
    case.do("u")

    # then
    (entry,) = [entry for entry in case.last.history if entry.what is What.COMPLETED]
    assert (entry.element, entry.by, entry.at) == ("u", "ana", case.now)


@pytest.mark.parametrize("claimed_to_be", [{}, {"answered_by": "the boss"}])
def test_a_process_sees_who_completed_a_user_task_whatever_the_answers_say(
    play, draw, claimed_to_be
):
    # given
    case = play(user_task('completedBy="answered_by"') + draw.flow("s", "u"))

    # when
    case.do("u", answer="yes", **claimed_to_be)

    # then
    assert case.data == {"answer": "yes", "answered_by": "ana"}


def test_a_second_completion_of_the_same_user_task_is_passed_over(play, draw):
    # given
    case = play(
        '<startEvent id="s"/><userTask id="u"/><userTask id="v"/>' + draw.flow("s", "u", "v")
    )
    done = Event(EventKind.USER_TASK_COMPLETED, token=case.wait(UserTaskWait, "u").token)

    # when
    case.apply(done, done)

    # then
    assert case.at() == ["v"]


def job(inside, key="j", boundary=""):
    extension = f"<extensionElements>{inside}</extensionElements>"
    return f'<startEvent id="s"/><serviceTask id="{key}">{extension}</serviceTask>{boundary}'


SEND = (
    '<corral:job type="reply.send" retries="5"><corral:input name="text" value="= answer"/>'
    '<corral:output name="sent" value="= result.id"/></corral:job>'
)


def test_a_job_is_handed_out_with_its_payload_and_its_outputs_set_variables(play, draw):
    # given
    case = play(job(SEND) + draw.flow("s", "j"), {"answer": "hello", "secret": 1})
    (wait,) = case.waits(JobWait)
    assert (wait.type, dict(wait.payload), wait.retries) == ("reply.send", {"text": "hello"}, 5)

    # when
    case.job_done("j", id=17, other=1)

    # then
    assert case.completed
    assert case.data == {"answer": "hello", "secret": 1, "sent": 17}


def test_without_outputs_the_keys_of_the_result_become_variables(play, draw):
    # given
    case = play(job('<corral:job type="look.up"/>') + draw.flow("s", "j"))

    # when
    case.job_done("j", found=True)

    # then
    assert case.data == {"found": True}


def test_an_error_of_a_job_takes_its_own_boundary_event(play, draw):
    # given
    own = draw.boundary("own", "j", '<errorEventDefinition errorRef="e1"/>')
    any_ = draw.boundary("any", "j", "<errorEventDefinition/>") + draw.nodes("task", "a", "b")
    body = job(SEND, boundary=any_ + own) + draw.flow("s", "j")
    case = play(body + draw.flow("own", "a") + draw.flow("any", "b"), {"answer": ""})

    # when
    case.job_error("j", "E1", "refused")

    # then
    assert case.completed
    assert "a" in case.ran
    assert case.data["error"] == {"code": "E1", "message": "refused"}


def test_an_error_of_a_job_brings_its_details_to_the_boundary_event(play, draw):
    # given
    any_ = draw.boundary("any", "j", "<errorEventDefinition/>")
    case = play(job(SEND, boundary=any_) + draw.flow("s", "j"), {"answer": ""})
    details = {"message": "cut off", "reply": {"id": 4}, "code": "not this one"}

    # when
    token = case.wait(JobWait, "j").token
    case.apply(Event(EventKind.JOB_ERROR, token=token, name="E1", payload=details))

    # then
    assert case.data["error"] == {"code": "E1", "message": "cut off", "reply": {"id": 4}}


def test_an_error_of_a_job_that_nothing_catches_is_an_incident_and_a_retry_a_new_job(play, draw):
    # given
    case = play(job(SEND) + draw.flow("s", "j"), {"answer": "x"})
    first = case.wait(JobWait, "j").token

    # when
    case.job_error("j", "E9", "the network says no")

    # then
    assert "E9" in case.incident.what
    assert "the network says no" in case.incident.what
    assert not case.waits(JobWait)

    # when
    case.retry("j", answer="y")

    # then
    (again,) = case.waits(JobWait)
    assert again.token != first
    assert again.payload == {"text": "y"}
    assert not case.waits(FailureWait)


def test_a_result_that_an_output_cannot_use_is_an_incident(play, draw):
    # given
    case = play(job(SEND) + draw.flow("s", "j"), {"answer": "x"})

    # when
    case.job_done("j", wrong=1)

    # then
    assert case.incident.element == "j"


def test_a_throwing_message_event_may_hand_its_message_to_a_job_handler(play, draw):
    # given
    body = (
        f'<endEvent id="e"><extensionElements>{SEND}</extensionElements>{draw.message()}</endEvent>'
    )
    case = play('<startEvent id="s"/>' + body + draw.flow("s", "e"), {"answer": "x"})

    # when
    case.job_done("e", id=1)

    # then
    assert case.completed
    assert not case.last.thrown


RULE = (
    '<startEvent id="s"/><businessRuleTask id="r"><extensionElements>'
    '<corral:decision ref="triage" result="found"/></extensionElements></businessRuleTask>'
)


def test_a_decision_becomes_a_variable_and_its_rules_go_to_the_history(play, draw):
    # given
    play.shelf.decisions["triage"] = StoredDecision(1, "triage", "triage.dmn", DECISION, 3)

    # when
    case = play(RULE + draw.flow("s", "r"), {"score": 7})

    # then
    assert case.data["found"] == {"kind": "hot"}
    (entry,) = [entry for entry in case.last.history if entry.element == "r"]
    fired = {"id": "high", "row": 2, "decision": "triage", "because": [], "annotations": []}
    assert entry.detail == {
        "decision": "triage",
        "version": 3,
        "result": '"hot"',
        "rules": [{**fired, "outputs": {"kind": '"hot"'}}],
        "names": {"triage": "Triage"},
    }


def test_a_decision_that_is_not_deployed_is_an_incident(play, draw):
    # when
    case = play(RULE + draw.flow("s", "r"), {"score": 7})

    # then
    assert "'triage' is not deployed" in case.incident.what


KEYED = "<corral:message correlationKey=\"= 'k' * n\"/>"


@pytest.mark.parametrize("what", ["queue", "assignee", "correlation key"])
def test_what_rows_are_found_by_has_a_longest_length(play, draw, what):
    # given a name that the variables make, one character too long
    waits = {
        "queue": user_task("queue=\"= 'k' * n\"") + draw.flow("s", "u"),
        "assignee": user_task("assignee=\"= 'k' * n\"") + draw.flow("s", "u"),
        "correlation key": '<startEvent id="s"/>'
        + draw.catch("u", draw.message(), KEYED)
        + draw.flow("s", "u"),
    }

    # when
    stopped, waiting = play(waits[what], {"n": 256}), play(waits[what], {"n": 255})

    # then it is an incident that names it, and one character less is kept
    assert stopped.incident.what == f"The {what} has 256 characters; at most 255 are kept."
    assert waiting.waits(FailureWait) == []
