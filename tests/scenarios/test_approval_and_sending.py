"""Risky answers are approved to the letter, and what the network does not take comes back."""

import hashlib
from typing import Any

import pytest

PROMISE = "We promise that this never happens again."


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("mention", "form", "reason"),
    [
        ({"topics": ["legal"]}, {}, "legal matters or safety"),
        ({}, {"refund": 250}, "over the limit of 100"),
        ({"reach": 50_000}, {}, "10,000 people"),
    ],
)
def test_a_risky_answer_goes_to_a_supervisor_with_the_reason(
    case: Any, mention: dict[str, Any], form: dict[str, Any], reason: str
) -> None:
    # given
    case.customer_writes(**mention)
    case.reply_goes_out()

    # when
    case.agent_answers(**form)

    # then
    task = case.task()
    assert (task.name, task.queue, task.form) == ("Approve the answer", "supervisors", "approve")
    assert reason in case.knows("approval_reason")
    assert case.jobs() == []


@pytest.mark.parametrize(
    ("mention", "form"), [({}, {"refund": 100}), ({"reach": 50_000}, {"visibility": "private"})]
)
def test_an_answer_within_the_limits_needs_no_approval(
    case: Any, mention: dict[str, Any], form: dict[str, Any]
) -> None:
    # given
    case.customer_writes(**mention)
    case.reply_goes_out()

    # when
    case.agent_answers(**form)

    # then
    assert case.job().element == "send_reply"


def test_an_approved_answer_is_sent_with_the_digest_of_its_text(acknowledged: Any) -> None:
    # given
    acknowledged.agent_answers(PROMISE)

    # when
    acknowledged.person_decides(verdict="approve")

    # then
    payload = acknowledged.job().payload
    assert payload["text"] == PROMISE
    assert payload["approved_digest"] == digest(PROMISE)


def test_a_supervisor_cannot_change_the_text_on_the_way(acknowledged: Any) -> None:
    # given
    acknowledged.agent_answers(PROMISE)

    # when
    acknowledged.person_decides(verdict="approve", answer="Something else.")

    # then
    assert acknowledged.job().payload["text"] == PROMISE


def test_a_rejected_answer_comes_back_with_the_comment(acknowledged: Any) -> None:
    # given
    acknowledged.agent_answers(PROMISE)

    # when
    acknowledged.person_decides(verdict="reject", comment="Promise nothing.")

    # then
    assert acknowledged.task().element == "answer_complaint"
    assert acknowledged.knows("comment") == "Promise nothing."
    assert acknowledged.knows("answer") == PROMISE
    acknowledged.agent_answers("We look into it.")
    assert acknowledged.job().payload["approved_digest"] is None


def test_an_edit_after_the_approval_opens_it_again(acknowledged: Any) -> None:
    # given
    acknowledged.agent_answers(PROMISE)
    acknowledged.person_decides(verdict="approve")
    acknowledged.network_says("reply.refused", "Too long.")

    # when
    acknowledged.agent_answers("We promise!")

    # then
    assert acknowledged.task().element == "approve_answer"
    assert acknowledged.knows("verdict") == ""
    acknowledged.person_decides(verdict="approve")
    assert acknowledged.job().payload["approved_digest"] == digest("We promise!")


def test_other_files_after_the_approval_open_it_again(acknowledged: Any) -> None:
    # given
    acknowledged.agent_answers(PROMISE, files=[7])
    acknowledged.person_decides(verdict="approve", files=[8])
    approved = acknowledged.job().payload
    acknowledged.network_says("reply.refused", "The picture is too large.")

    # when
    acknowledged.agent_answers(PROMISE, files=[9])

    # then
    assert (approved["files"], approved["approved_files"]) == ([7], [7])
    assert acknowledged.task().element == "approve_answer"


def test_the_same_text_keeps_its_approval(acknowledged: Any) -> None:
    # given
    acknowledged.agent_answers(PROMISE)
    acknowledged.person_decides(verdict="approve")
    acknowledged.network_says("reply.refused", "Not in public.")

    # when
    acknowledged.agent_answers(PROMISE, visibility="private")

    # then
    payload = acknowledged.job().payload
    assert payload["private"] is True
    assert payload["approved_digest"] == digest(PROMISE)


def test_an_approval_does_not_outlive_the_turn(acknowledged: Any) -> None:
    # given
    acknowledged.agent_answers(PROMISE)
    acknowledged.person_decides(verdict="approve")
    acknowledged.reply_goes_out()

    # when
    acknowledged.customer_writes("You said that before.")
    acknowledged.agent_answers(PROMISE)

    # then
    assert acknowledged.task().element == "approve_answer"


def test_a_refused_reply_is_rewritten_and_sent_again(acknowledged: Any) -> None:
    # given
    acknowledged.agent_answers("A very long text.")

    # when
    acknowledged.network_says("reply.refused", "Shorten it by 4.")

    # then
    assert acknowledged.task().name == "Rewrite the refused reply"
    assert acknowledged.knows("refusal") == "Shorten it by 4."
    acknowledged.agent_answers("A short text.")
    assert acknowledged.job().payload["text"] == "A short text."
    acknowledged.reply_goes_out()
    assert acknowledged.knows("replies") == 1


def test_a_person_settles_whether_an_unclear_reply_went_out(acknowledged: Any) -> None:
    # given
    acknowledged.agent_answers()

    # when
    acknowledged.network_says("reply.unknown", "cut off")

    # then
    assert acknowledged.task().name == "Did the reply go out?"
    assert acknowledged.jobs() == []
    acknowledged.person_decides(went_out="yes")
    acknowledged.outbox_settles(went_out=True)
    assert acknowledged.jobs() == []
    assert acknowledged.knows("replies") == 1
    acknowledged.time_passes(days=3)
    assert acknowledged.job().element == "ask_satisfaction"


def test_a_reply_that_did_not_go_out_is_sent_again_as_it_was(acknowledged: Any) -> None:
    # given
    acknowledged.agent_answers("As it was.")
    first = acknowledged.job()
    acknowledged.network_says("reply.unknown", "cut off")

    # when
    acknowledged.person_decides(went_out="no", by="sam")

    # then
    told = acknowledged.job().payload
    assert told == {"reply": first.id, "went_out": False, "by": "sam"}
    acknowledged.outbox_settles(went_out=False)
    assert acknowledged.job().id != first.id
    assert acknowledged.job().payload == first.payload


def test_given_the_outbox_knows_better_than_the_person_then_nothing_is_sent_again(
    acknowledged: Any,
) -> None:
    # given
    acknowledged.agent_answers()
    acknowledged.network_says("reply.unknown", "cut off")

    # when
    acknowledged.person_decides(went_out="no")
    acknowledged.outbox_settles(went_out=True)

    # then
    assert acknowledged.jobs() == []
    assert acknowledged.knows("replies") == 1


def test_the_question_comes_without_the_answer_that_was_given_before(acknowledged: Any) -> None:
    # given
    acknowledged.agent_answers()
    acknowledged.network_says("reply.unknown", "cut off")
    acknowledged.person_decides(went_out="no")
    acknowledged.outbox_settles(went_out=False)

    # when
    second = acknowledged.job()
    acknowledged.network_says("reply.unknown", "cut off again")

    # then
    assert acknowledged.task().form == "went_out"
    assert acknowledged.knows("went_out") == ""
    assert acknowledged.knows("unclear_reply") == second.id


def test_a_reply_bears_the_name_of_the_agent_who_wrote_its_text(acknowledged: Any) -> None:
    # given
    acknowledged.agent_answers(PROMISE, by="ana")

    # when
    acknowledged.person_decides(verdict="approve", by="sam")

    # then
    assert acknowledged.job().payload["by"] == "ana"
    acknowledged.network_says("reply.refused", "Too long.")
    acknowledged.agent_answers("We promise!", by="ben")
    acknowledged.person_decides(verdict="approve", by="sam")
    assert acknowledged.job().payload["by"] == "ben"


def test_what_the_process_writes_by_itself_bears_no_name(case: Any) -> None:
    # given
    case.customer_writes()
    acknowledgement = case.job()
    case.reply_goes_out()
    case.agent_answers(by="ana")
    case.reply_goes_out()

    # when
    case.time_passes(days=3)

    # then
    assert acknowledgement.payload["by"] is None
    assert (case.job().element, case.job().payload["by"]) == ("ask_satisfaction", None)


def test_a_reply_that_fails_again_and_again_is_an_incident_and_goes_on_when_resolved(
    acknowledged: Any,
) -> None:
    # given
    acknowledged.agent_answers()
    for _ in range(3):
        acknowledged.engine.fail_job(acknowledged.job().id, "The network does not answer.")
    (incident,) = acknowledged.engine.incidents(instance_id=acknowledged.instance_id)

    # when
    acknowledged.engine.resolve(incident.id, by="olga")
    acknowledged.reply_goes_out()

    # then
    assert incident.element == "send_reply"
    assert acknowledged.knows("replies") == 1
    assert not acknowledged.instance.open_incidents
