"""The shipped complaint process from the first mention to its resolution."""

from datetime import timedelta
from typing import Any

import pytest

from engine import Correlated


def test_a_complaint_is_acknowledged_answered_and_resolved_by_silence(case: Any) -> None:
    # given
    started = case.customer_writes("Where is my parcel? I have been waiting for days.")

    # when: the customer hears from us at once, while an agent writes
    acknowledgement = case.job()
    task = case.task()
    case.reply_goes_out()
    case.agent_answers("It comes tomorrow.")
    reply = case.job()
    case.reply_goes_out()
    case.time_passes(days=3)
    question = case.job()
    case.reply_goes_out()

    # then
    assert started.outcome is Correlated.STARTED
    assert acknowledgement.payload["text"].startswith("Thank you for telling us")
    assert (task.name, task.queue, task.form) == ("Answer the complaint", "care", "answer")
    assert task.business_key == "demo:7"
    assert reply.payload == {
        "conversation": 7,
        "text": "It comes tomorrow.",
        "private": False,
        "approved_digest": None,
        "by": "ana",
        "split": False,
        "hand_off": False,
        "send_at": "",
        "files": [],
        "approved_files": [],
    }
    assert question.payload["text"].startswith("How did we do?")
    assert case.resolved


def test_the_answer_does_not_wait_for_the_acknowledgement(case: Any) -> None:
    # given
    case.customer_writes()
    (acknowledgement,) = case.jobs()

    # when
    case.agent_answers()

    # then
    assert [job.element for job in case.jobs()] == [acknowledgement.element, "send_reply"]


@pytest.mark.parametrize("code", ["reply.refused", "reply.unknown"])
def test_an_acknowledgement_that_cannot_be_sent_ends_quietly(case: Any, code: str) -> None:
    # given
    case.customer_writes()

    # when
    case.network_says(code, "no")

    # then
    assert case.knows("acknowledged") is False
    assert case.task().element == "answer_complaint"
    assert not case.instance.open_incidents


@pytest.mark.parametrize(
    ("mention", "conversation", "tried"),
    [
        ({"private": True, "answerable": True}, {"can_reply_automatically": False}, False),
        ({"private": False, "answerable": False}, {"can_reply_automatically": True}, False),
        ({"private": True, "answerable": False}, {"can_reply_automatically": True}, True),
    ],
    ids=["a call", "a blog post", "a message to an account that few may answer"],
)
def test_an_acknowledgement_is_tried_only_where_it_can_be_sent(
    case: Any, mention: dict[str, bool], conversation: dict[str, bool], tried: bool
) -> None:
    # when
    case.customer_writes(
        mention={"id": 1, "external_id": "m1", "text": "It never came.", **mention},
        conversation={"id": case.conversation, "can_reply_privately": True, **conversation},
    )

    # then
    assert [job.element for job in case.jobs()] == (["acknowledge"] if tried else [])
    assert case.task().element == "answer_complaint"
    if not tried:
        assert case.knows("acknowledged") is False


@pytest.mark.parametrize(("wanted", "minutes"), [("10:30", 90), ("18:00", 120), (None, 120)])
def test_an_answer_is_due_when_the_customer_wants_it_or_sooner(
    case: Any, wanted: str | None, minutes: int
) -> None:
    # when: it is 9:00, and such questions are answered within two hours
    due = wanted and f"2026-03-02T{wanted}:00+00:00"
    mention = {"id": 1, "text": "Call me back, please?", "private": True, "due": due}
    case.customer_writes(topics=["question"], mention=mention)

    # then
    assert case.task().due == case.clock.now() + timedelta(minutes=minutes)


def test_urgency_adds_up_to_the_priority_and_the_rules_that_fired_are_told(case: Any) -> None:
    # when
    case.customer_writes(sentiment=-0.8, reach=20_000, tier="vip")

    # then
    assert case.task().priority == 100
    fired = [
        entry.detail
        for entry in case.engine.history(case.instance_id)
        if entry.element == "weigh_urgency" and entry.detail
    ]
    assert "urgency_rule_02" in str(fired)


def test_money_goes_to_the_billing_queue_and_danger_goes_first(case: Any) -> None:
    # given
    case.customer_writes(topics=["refund"])
    billing = case.task()
    case.conversation = 8

    # when
    case.customer_writes(topics=["safety", "refund"])
    danger = case.task()

    # then
    assert billing.queue == "billing"
    assert danger.queue == "care"
    assert danger.due == case.clock.now() + timedelta(minutes=15)
    assert danger.priority > billing.priority


def test_three_reminders_are_counted_while_the_user_task_stays(acknowledged: Any) -> None:
    # given
    task = acknowledged.task()

    # when
    counts = []
    for _ in range(3):
        acknowledged.time_passes(hours=1)
        counts.append(acknowledged.knows("reminders"))

    # then
    assert counts == [1, 2, 3]
    assert acknowledged.task().id == task.id


def test_an_unanswered_complaint_moves_to_the_supervisors(acknowledged: Any) -> None:
    # given
    before = acknowledged.task()

    # when
    acknowledged.time_passes(hours=4)

    # then
    task = acknowledged.task()
    assert (task.name, task.queue) == ("Answer the escalated complaint", "supervisors")
    assert task.id != before.id
    assert task.form == before.form
    assert task.priority > before.priority


def test_an_escalated_complaint_is_answered_and_then_takes_the_same_road(acknowledged: Any) -> None:
    # given
    acknowledged.time_passes(hours=4)

    # when
    acknowledged.agent_answers("We are sorry for the wait.", by="sam")
    acknowledged.reply_goes_out()

    # then
    assert {wait.element for wait in acknowledged.instance.waiting} == {
        *("customer_answered", "silence"),
    }


def test_timers_are_as_long_as_the_variables_say(case: Any) -> None:
    # given
    case.customer_writes(reminder_after="PT10S", escalate_after="PT30S", answer_within="PT20S")
    case.reply_goes_out()

    # when
    case.time_passes(seconds=10)

    # then
    assert case.task().due == case.clock.now() + timedelta(seconds=10)
    assert case.knows("reminders") == 1
    case.time_passes(seconds=20)
    assert case.task().queue == "supervisors"


@pytest.mark.parametrize("escalated", [False, True])
def test_a_customer_who_writes_again_is_counted_while_the_user_task_stays(
    acknowledged: Any, escalated: bool
) -> None:
    # given
    if escalated:
        acknowledged.time_passes(hours=4)
    task = acknowledged.task()

    # when
    again = acknowledged.customer_writes("Hello? Anybody there?")
    acknowledged.customer_writes("Hello??")

    # then
    assert again.outcome is Correlated.CORRELATED
    assert acknowledged.knows("turns") == 3
    assert acknowledged.knows("mention")["id"] == 3
    assert acknowledged.task().id == task.id


def test_an_angry_customer_is_answered_again_more_urgently(answered: Any) -> None:
    # given
    first = answered.engine.history(answered.instance_id)

    # when
    answered.customer_writes("That does not help at all!", sentiment=-0.6)

    # then
    task = answered.task()
    assert task.element == "answer_complaint"
    assert task.priority > 40
    assert answered.knows("answer") == ""
    assert len(answered.engine.history(answered.instance_id)) > len(first)


def test_a_content_customer_resolves_the_complaint(answered: Any) -> None:
    # when
    answered.customer_writes("Thank you so much, all good!", sentiment=0.8)
    answered.reply_goes_out()

    # then
    assert answered.resolved


def test_thanks_with_another_question_is_answered_again(answered: Any) -> None:
    # when
    answered.customer_writes("Great, thanks! And when?", sentiment=0.8, topics=["question"])

    # then
    assert answered.task().element == "answer_complaint"


def test_a_mention_that_comes_while_the_reply_is_being_sent_is_not_lost(
    acknowledged: Any,
) -> None:
    # given
    acknowledged.agent_answers()

    # when
    acknowledged.customer_writes("One more thing: it was broken.")
    acknowledged.reply_goes_out()

    # then
    assert acknowledged.task().element == "answer_complaint"
    assert acknowledged.knows("mention")["id"] == 2


def test_many_turns_end_like_one(answered: Any) -> None:
    # when
    for turn in range(10):
        answered.customer_writes(f"No, not yet ({turn}).")
        answered.agent_answers(f"And now? ({turn})")
        answered.reply_goes_out()
    answered.time_passes(days=3)
    answered.reply_goes_out()

    # then
    assert answered.knows("turns") == 11
    assert answered.knows("replies") == 11
    assert answered.resolved


def test_a_complaint_may_be_closed_without_an_answer(acknowledged: Any) -> None:
    # when
    acknowledged.person_decides(next_step="close")

    # then: nobody is asked how it was, because nothing was said
    assert acknowledged.resolved
    assert not acknowledged.went_through("ask_satisfaction")


def test_nobody_is_asked_in_public_after_a_private_answer(acknowledged: Any) -> None:
    # given
    acknowledged.agent_answers("Your code is 4711.", visibility="private")
    assert acknowledged.job().payload["private"] is True
    acknowledged.reply_goes_out()

    # when
    acknowledged.time_passes(days=3)

    # then
    assert acknowledged.resolved


def test_a_private_mention_is_answered_in_private_unless_the_agent_says_otherwise(
    case: Any,
) -> None:
    # given
    case.customer_writes(private=True)
    acknowledgement = case.job()
    case.reply_goes_out()

    # when
    case.agent_answers()

    # then
    assert acknowledgement.payload["private"] is True
    assert case.job().payload["private"] is True


@pytest.mark.parametrize("code", ["reply.refused", "reply.unknown"])
def test_a_satisfaction_question_that_cannot_be_sent_does_not_matter(
    answered: Any, code: str
) -> None:
    # given
    answered.time_passes(days=3)

    # when
    answered.network_says(code)

    # then
    assert answered.resolved


def test_a_mention_after_the_end_starts_anew(answered: Any) -> None:
    # given
    first = answered.instance_id
    answered.time_passes(days=3)
    answered.reply_goes_out()
    assert answered.resolved

    # when
    again = answered.customer_writes("It happened again!")

    # then
    assert again.outcome is Correlated.STARTED
    assert answered.instance_id != first
    assert answered.knows("turns") == 1


def test_a_case_has_no_copy_of_what_the_customer_wrote(case: Any) -> None:
    # given: so that nothing is left of what they change or delete
    case.customer_writes("My IBAN is known to all.")
    assert "IBAN" not in repr(case.instance.variables)

    # when: before the answer, and after it
    case.customer_writes("My IBAN, I said!")
    before_answer = repr(case.instance.variables)
    case.reply_goes_out()
    case.agent_answers()
    case.reply_goes_out()
    case.customer_writes("And whose IBAN is this?")

    # then
    assert "IBAN" not in before_answer + repr(case.instance.variables)
    assert (case.knows("turns"), case.knows("mention")["id"]) == (3, 3)
