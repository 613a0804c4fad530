"""Files become versions, or are refused with their problems and leave nothing behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import Correlated, DefinitionKind, Severity, Source
from engine.definitions import Executable
from engine.errors import DeploymentRefusedError, NotFoundError, NotStartableError
from tests.engine.conftest import Bench, flow

TASK = {"is": "user_task", "at": "answer"}


def test_a_file_with_an_error_is_refused_and_nothing_of_the_deployment_is_stored(
    bench: Bench,
) -> None:
    # given
    good, bad = flow("care", {"any": [TASK]}), Source("bad.flow", b"<bpmn/>")

    # when
    with pytest.raises(DeploymentRefusedError) as refusal:
        bench.engine.deploy([good, bad])

    # then
    assert [problem.rule for problem in refusal.value.problems] == ["not-json"]
    assert "Write JSON." in str(refusal.value)
    assert bench.engine.definitions() == []


def test_linting_stores_nothing(bench: Bench) -> None:
    # when
    reports = bench.engine.lint([flow("care", problems=["warning"]), Source("bad.flow", b"<")])

    # then
    assert [problem.severity for report in reports for problem in report.problems] == [
        Severity.WARNING,
        Severity.ERROR,
    ]
    assert bench.engine.definitions() == []


@pytest.mark.parametrize(
    ("files", "rule"),
    [([], "nothing-to-deploy"), ([flow("a"), flow("a")], "file-name-twice")],
)
def test_a_list_of_files_that_makes_no_deployment_is_refused(
    bench: Bench, files: list[Source], rule: str
) -> None:
    with pytest.raises(DeploymentRefusedError) as refusal:
        bench.engine.deploy(files)
    assert [problem.rule for problem in refusal.value.problems] == [rule]


def test_a_draft_is_stored_with_its_problems_but_cannot_be_started(bench: Bench) -> None:
    # given
    deployed = bench.engine.deploy([flow("care", problems=["draft"], startable=False)], by="dora")

    # when
    with pytest.raises(NotStartableError, match="draft"):
        bench.engine.start("care")

    # then
    (definition,) = deployed.definitions
    assert (deployed.by, definition.startable) == ("dora", False)
    assert deployed.problems == bench.engine.problems(definition.id)
    assert [problem.severity for problem in deployed.problems] == [Severity.DRAFT]


def test_running_instances_stay_on_their_version(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [TASK]})
    old = bench.engine.start("care")

    # when
    bench.deploy("care", {"any": [TASK | {"at": "other"}]})
    new = bench.engine.start("care")

    # then
    assert (old.version, new.version) == (1, 2)
    (task,) = bench.engine.user_tasks(old.id)
    assert task.element == "answer"
    bench.engine.complete(task.id)
    assert bench.engine.instance(old.id).version == 1


def test_a_process_that_only_a_message_starts_cannot_be_started_by_hand(bench: Bench) -> None:
    bench.deploy("care", {"any": [TASK]}, none_start=False, message_starts=["mention"])
    with pytest.raises(NotStartableError, match="Correlate the message"):
        bench.engine.start("care")


def test_what_is_not_deployed_is_not_found(bench: Bench) -> None:
    with pytest.raises(NotFoundError, match="'care'"):
        bench.engine.start("care")
    with pytest.raises(NotFoundError):
        bench.engine.definition(1)
    assert bench.engine.definitions(kind=DefinitionKind.DECISION) == []


def test_a_file_is_read_from_a_path_and_kept_byte_for_byte(bench: Bench, tmp_path: Path) -> None:
    # given
    source = flow("care", {"any": [TASK]})
    path = tmp_path / "any name.flow"
    path.write_bytes(source.content)

    # when
    deployed = bench.engine.deploy([path])

    # then
    (definition,) = deployed.definitions
    assert definition.resource == "any name.flow"
    assert bench.engine.resource(definition.id) == source.content
    assert bench.engine.definition(definition.id) == definition
    assert definition.elements[0].kind == "startEvent"


def test_a_deployment_belongs_to_the_transaction_it_is_made_in(bench: Bench) -> None:
    # when
    with bench.engine.transaction() as uow:
        bench.engine.deploy([flow("care", {"any": [TASK]})], within=uow)
        instance = bench.engine.start("care", within=uow)

    # then
    assert len(bench.engine.user_tasks(instance.id)) == 1


def test_a_draft_says_what_it_lacks_wherever_somebody_tries_to_start_it(bench: Bench) -> None:
    # given
    lacking = flow("care", problems=["draft", "draft"], startable=False, message_starts=["mention"])
    bench.engine.deploy([lacking])

    # when
    with pytest.raises(NotStartableError) as refusal:
        bench.engine.start("care")
    reached = bench.engine.correlate("mention")

    # then
    assert "it is a draft: As scripted. 1 more" in str(refusal.value)
    assert "Supply what its page lists" in str(refusal.value)
    assert reached.outcome is Correlated.BUFFERED


def test_a_draft_never_displaces_the_version_that_runs(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [TASK]}, message_starts=["mention"])
    bench.deploy("care", problems=["draft"], startable=False, message_starts=["mention"])

    # when
    started = bench.engine.start("care")
    reached = bench.engine.correlate("mention")

    # then
    assert started.version == 1
    assert reached.outcome is Correlated.STARTED
    assert [d.startable for d in bench.engine.definitions(key="care")] == [False, True]


def test_a_process_without_the_mark_waits_for_one_word_and_then_runs(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [TASK]}, asks=True, message_starts=["mention"])
    (draft,) = bench.engine.definitions()
    waiting = bench.engine.correlate("mention")
    with pytest.raises(NotStartableError, match="Not executable"):
        bench.engine.start("care")

    # when
    published = bench.engine.publish(draft.id)

    # then: it is the same version, it starts, and what waited for it has started
    assert (published.id, published.version, published.startable) == (draft.id, 1, True)
    assert bench.engine.problems(draft.id) == ()
    assert waiting.outcome is Correlated.BUFFERED
    assert len(bench.engine.instances()) == 1
    assert bench.engine.start("care").version == 1
    assert bench.engine.publish(draft.id) == published


def test_a_draft_that_lacks_more_than_the_word_is_not_published(bench: Bench) -> None:
    # given
    bench.deploy("care", asks=True, problems=["draft"], startable=False)

    # when
    with pytest.raises(NotStartableError, match="As scripted"):
        bench.engine.publish(bench.engine.definitions()[0].id)

    # then
    assert not bench.engine.definitions()[0].startable


def test_an_old_draft_is_not_published_over_a_newer_version(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [TASK]}, asks=True)
    old = bench.engine.definitions()[0]
    bench.deploy("care", {"any": [TASK]})

    # when / then
    with pytest.raises(NotStartableError, match="version 2 is newer"):
        bench.engine.publish(old.id)


@pytest.mark.parametrize(
    ("executable", "startable"), [(None, False), (False, False), (True, True), (["care"], True)]
)
def test_whoever_deploys_says_whether_drawings_are_to_run(
    bench: Bench, executable: Executable, startable: bool
) -> None:
    # given
    files = [flow("care", {"any": [TASK]}, asks=True)]

    # when
    first = bench.engine.deploy(files, executable=executable)
    again = bench.engine.deploy(files, executable=executable)

    # then
    assert [definition.startable for definition in first.definitions] == [startable]
    assert again == first


def test_another_answer_makes_another_version(bench: Bench) -> None:
    # given
    files = [flow("care", {"any": [TASK]}, asks=True)]
    bench.engine.deploy(files)

    # when
    second = bench.engine.deploy(files, executable=True)

    # then
    assert [(d.version, d.startable) for d in second.definitions] == [(2, True)]


def test_the_normal_form_of_a_definition_is_shown(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [TASK]})

    # when
    found = bench.engine.normalised(bench.engine.definitions()[0].id)

    # then
    assert '"care"' in found.xml
    assert found.notes == ()
