"""What is no complaint takes its own road through the same diagram."""

from datetime import timedelta
from typing import Any

from engine import Severity
from processes import files


def test_spam_ends_at_once(case: Any) -> None:
    # when
    case.customer_writes("Free followers!", topics=["spam"], sentiment=0.4)

    # then
    assert case.resolved
    assert case.went_through("spam_ignored")


def test_spam_words_in_a_complaint_do_not_silence_it(case: Any) -> None:
    # when
    case.customer_writes("No internet, I work from home!", topics=["outage", "spam"])

    # then
    assert case.task().element == "answer_complaint"


def test_a_question_is_answered_like_a_complaint_but_not_acknowledged(case: Any) -> None:
    # when
    case.customer_writes("Do you open on Sundays?", topics=["question"], sentiment=0)

    # then
    assert case.jobs() == []
    assert case.task().element == "answer_complaint"
    assert case.task().name == "Answer the question"
    assert case.task().due == case.clock.now() + timedelta(hours=4)


def test_a_question_within_a_complaint_stays_a_complaint(case: Any) -> None:
    # when
    case.customer_writes("Why is it down again?", topics=["question", "outage"], sentiment=0)

    # then
    assert case.job().element == "acknowledge"


def test_a_lead_goes_to_sales_and_is_answered(case: Any) -> None:
    # given
    case.customer_writes("We want 40 lines.", topics=["lead"], sentiment=0.2)
    task = case.task()

    # when
    case.agent_answers("Anna calls you today.", lead_quality="hot")
    case.reply_goes_out()
    case.customer_writes("Great, and the price?", topics=["question"], sentiment=0.5)

    # then
    assert (task.name, task.queue, task.form) == ("Follow up the lead", "sales", "lead")
    assert case.knows("lead_quality") == "hot"
    assert case.task().queue == "sales"


def test_a_lead_may_be_closed_without_an_answer(case: Any) -> None:
    # given
    case.customer_writes(topics=["lead"], sentiment=0)

    # when
    case.person_decides(next_step="close", lead_quality="none")

    # then
    assert case.resolved


def test_praise_gets_a_thank_you_that_an_agent_approves(case: Any) -> None:
    # given
    case.customer_writes("Best service ever!", topics=["praise"], sentiment=0.8)
    task = case.task()

    # when
    case.person_decides(next_step="reply")
    thanks = case.job()
    case.reply_goes_out()
    case.time_passes(days=3)

    # then
    assert (task.name, task.queue, task.form) == ("Approve the thank-you", "care", "thank")
    assert thanks.payload["text"].startswith("Thank you for the kind words!")
    assert case.resolved
    assert not case.went_through("ask_satisfaction")


def test_a_proposed_thank_you_can_be_changed(case: Any) -> None:
    # given
    case.customer_writes("Best service ever!", topics=["praise"], sentiment=0.8)

    # when
    case.agent_answers("Maya, you made our day.")

    # then
    assert case.job().payload["text"] == "Maya, you made our day."


def test_praise_may_stay_unanswered(case: Any) -> None:
    # given
    case.customer_writes("Best service ever!", topics=["praise"], sentiment=0.8)

    # when
    case.person_decides(next_step="close")

    # then
    assert case.resolved


def test_a_mention_with_nothing_but_a_text_is_dealt_with(case: Any) -> None:
    # when
    case.engine.correlate("mention.received", "conversation:99", {"text": "Hello"})

    # then
    assert [task.element for task in case.engine.user_tasks()] == ["answer_complaint"]
    assert case.engine.incidents() == []


def test_the_shipped_files_have_no_problem_at_all(case: Any) -> None:
    # when
    problems = [p for report in case.engine.lint(files("complaint")) for p in report.problems]

    # then
    assert [p for p in problems if p.severity is not Severity.INFO] == []
    assert problems == []


def test_a_polite_request_is_answered_and_not_merely_thanked_for(case: Any) -> None:
    # when
    case.customer_writes("Hello dear team, please help me, thanks!", sentiment=0.9)

    # then
    assert case.task().form == "answer"
    assert case.jobs() == []
