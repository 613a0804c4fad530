"""The command line: its contracts, and one clear line for whatever is wrong."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

import processes
from webapp.commands import doctor
from webapp.data_dir import running_alone

Run = Callable[..., Result]

COMMANDS = {
    "backup", "channels", "db", "decide", "deploy", "doctor", "incidents", "instances", "lint",
    "move", "normalise", "replay", "run", "tasks", "users", "web", "worker",
}  # fmt: skip
FIELDS = {"rule", "severity", "element", "name", "line", "message", "cure"}
BROKEN = "<definitions><process id='x'></definitions>"
RECORDING = "\n".join(
    [
        "tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id",
        "1,115712,True,Tue Oct 31 22:10:47 +0000 2017,@acme my parcel is lost and I am angry,2,",
        "2,acme,False,Tue Oct 31 22:11:47 +0000 2017,@115712 Sorry! Tell us more.,3,1",
        "3,115712,True,Tue Oct 31 22:12:47 +0000 2017,@acme it should have come on Monday,,2",
        "4,115713,True,no date at all,@acme hello,,",
    ]
)


def complaint() -> str:
    """Return the folder of the shipped process."""
    return str(processes.files("complaint")[0].parent)


def one_line(result: Result) -> str:
    """Return what was refused, having checked that it is one line and exit 2."""
    assert result.exit_code == 2, result.output
    lines = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
    assert len(lines) == 1
    assert "Traceback" not in result.output
    return lines[0]


def test_help_names_every_command(run: Run) -> None:
    # when
    text = run("--help").stdout

    # then
    assert {line.split()[0] for line in text.split("Commands:")[1].splitlines() if line} == COMMANDS


def test_every_command_is_explained_in_the_documentation() -> None:
    # given
    text = (Path(__file__).parents[3] / "docs" / "commands.md").read_text()

    # then
    assert [name for name in sorted(COMMANDS) if f"`corral {name}" not in text] == []


def test_an_unknown_command_is_refused(run: Run) -> None:
    assert "No such command 'fly'" in one_line(run("fly"))


def test_lint_prints_one_json_object_in_the_form_of_its_contract(run: Run) -> None:
    # when
    result = run("lint", complaint(), "--format", "json")

    # then
    report = json.loads(result.stdout)
    assert result.exit_code == 0
    assert list(report) == ["files"]
    definitions = [d for file in report["files"] for d in file["definitions"]]
    assert {"id": "complaint", "name": "Complaint", "executable": True} in definitions
    for file in report["files"]:
        assert set(file) == {"file", "definitions", "problems"}
        for problem in file["problems"]:
            assert set(problem) == FIELDS


def test_lint_exits_1_for_an_error_and_says_where_it_is(run: Run, tmp_path: Path) -> None:
    # given
    file = tmp_path / "broken.bpmn"
    file.write_text(BROKEN)

    # when
    as_json = run("lint", str(file), "--format", "json")
    as_text = run("lint", str(file))

    # then
    assert as_json.exit_code == as_text.exit_code == 1
    (report,) = json.loads(as_json.stdout)["files"]
    assert report["file"] == file.as_posix()
    assert "error" in {problem["severity"] for problem in report["problems"]}
    assert f"{file.as_posix()}:1: error: " in as_text.stdout


def test_a_folder_without_diagrams_is_refused(run: Run, tmp_path: Path) -> None:
    # given
    (tmp_path / "empty").mkdir()

    # then
    assert "holds no file that ends in .bpmn" in one_line(run("lint", str(tmp_path / "empty")))


def test_a_file_that_is_not_there_is_refused(run: Run) -> None:
    for command in ("lint", "deploy", "replay"):
        assert "does not exist" in one_line(run(command, "nowhere.bpmn"))


def test_deploying_twice_makes_one_version(run: Run) -> None:
    # when
    first = json.loads(run("deploy", complaint(), "--format", "json").stdout)
    second = json.loads(run("deploy", complaint(), "--format", "json").stdout)

    # then
    assert first == second
    (deployment,) = first["deployments"]
    assert {"key": "complaint", "version": 1, "kind": "process", "startable": True} in (
        deployment["definitions"]
    )


def test_a_broken_diagram_is_not_deployed(run: Run, tmp_path: Path) -> None:
    # given
    (tmp_path / "broken.bpmn").write_text(BROKEN)

    # when
    result = run("deploy", str(tmp_path / "broken.bpmn"))

    # then
    assert "The deployment was refused" in one_line(result)


def test_deploying_tells_what_will_probably_go_wrong(run: Run, tmp_path: Path) -> None:
    # given: nobody would see the user task, for it has no queue
    (tmp_path / "call.bpmn").write_text(
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">'
        '<process id="call" isExecutable="true"><startEvent id="s"/>'
        '<sequenceFlow id="f" sourceRef="s" targetRef="ask"/><userTask id="ask"/>'
        '<sequenceFlow id="g" sourceRef="ask" targetRef="e"/><endEvent id="e"/>'
        "</process></definitions>"
    )

    # when
    result = run("deploy", str(tmp_path / "call.bpmn"))

    # then
    assert result.exit_code == 0
    assert "process call version 1" in result.stdout
    assert "ask: warning: The user task has no queue" in result.stderr


def test_a_replay_prints_its_counts_and_twice_stores_nothing_new(run: Run, tmp_path: Path) -> None:
    # given
    recording = tmp_path / "recording.csv"
    recording.write_text(RECORDING)

    # when
    first = run("replay", str(recording), "--format", "json")
    second = run("replay", str(recording), "--format", "json")

    # then
    counts = json.loads(first.stdout)
    assert list(counts) == [
        "mentions", "stored", "duplicates", "skipped", "instances_started",
        "messages_correlated", "user_tasks_open", "seconds", "per_second",
    ]  # fmt: skip
    assert (counts["stored"], counts["skipped"], counts["instances_started"]) == (2, 1, 1)
    assert counts["messages_correlated"] == 1
    again = json.loads(second.stdout)
    assert (again["stored"], again["duplicates"], again["instances_started"]) == (0, 2, 0)
    assert again["user_tasks_open"] == counts["user_tasks_open"]
    assert "Skipped line 5" in first.stderr
    assert "Deployed the shipped process 'complaint'." in first.stderr


def test_a_replay_for_a_process_that_is_not_deployed_is_refused(run: Run, tmp_path: Path) -> None:
    # given
    recording = tmp_path / "recording.csv"
    recording.write_text(RECORDING)

    # then
    assert "'ghost'" in one_line(run("replay", str(recording), "--process", "ghost"))


@pytest.mark.parametrize("speed", ["0", "-1", "fast", "nan", "inf"])
def test_a_speed_that_is_none_is_refused(run: Run, tmp_path: Path, speed: str) -> None:
    # given
    recording = tmp_path / "recording.csv"
    recording.write_text(RECORDING)

    # then
    assert "neither 'max' nor a positive number" in one_line(
        run("replay", str(recording), "--speed", speed)
    )


@pytest.mark.parametrize("content", ["{not json", "", "a,b\n1,2\n", "\x00\x01"])
def test_a_recording_that_cannot_be_read_is_refused(run: Run, tmp_path: Path, content: str) -> None:
    # given
    recording = tmp_path / "recording.json"
    recording.write_text(content)

    # then
    assert "recording.json" in one_line(run("replay", str(recording)))


def test_lists_show_what_a_replay_left(run: Run, tmp_path: Path) -> None:
    # given
    (tmp_path / "recording.csv").write_text(RECORDING)
    run("replay", str(tmp_path / "recording.csv"))

    # when
    instances = json.loads(run("instances", "--format", "json").stdout)["instances"]
    tasks = json.loads(run("tasks", "--format", "json").stdout)["tasks"]
    incidents = json.loads(run("incidents", "--format", "json").stdout)["incidents"]

    # then
    assert [(i["key"], i["status"]) for i in instances] == [("complaint", "active")]
    assert tasks[0]["instance_id"] == instances[0]["id"]
    assert incidents == []
    assert "complaint" in run("instances").stdout
    assert "No incident." in run("incidents").stdout
    assert run("tasks", "--queue", "nobody").stdout == "No open user task.\n"


@pytest.mark.parametrize("command", ["instances", "tasks", "incidents"])
def test_a_list_of_an_installation_that_is_not_there_makes_nothing(
    run: Run, data: Path, command: str
) -> None:
    # when
    refused = one_line(run(command))

    # then
    assert "There is no Corral database" in refused
    assert not data.exists()


@pytest.mark.parametrize(
    "command", [["instances"], ["db", "upgrade"], ["deploy", complaint()], ["run"]]
)
def test_a_file_as_data_directory_is_refused(run: Run, data: Path, command: list[str]) -> None:
    # given
    data.write_text("")

    # then
    assert "is a file, not a directory" in one_line(run(*command))


def test_a_database_of_a_newer_program_is_refused(run: Run, data: Path) -> None:
    # given
    assert run("db", "upgrade").exit_code == 0
    with sqlite3.connect(data / "corral.sqlite") as connection:
        connection.execute("UPDATE engine_version SET version_num = '9999'")

    # then
    assert "newer than this program" in one_line(run("instances"))


def test_a_file_that_is_no_database_is_refused(run: Run, data: Path) -> None:
    # given
    data.mkdir()
    (data / "corral.sqlite").write_text("This is a shopping list, not a database." * 50)

    # then
    assert "cannot be opened" in one_line(run("instances"))


def test_a_wrong_setting_names_its_variable(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    monkeypatch.setenv("CORRAL_PORT", "many")

    # then
    assert "CORRAL_PORT" in one_line(run("instances"))


def test_upgrading_twice_changes_nothing(run: Run) -> None:
    assert [run("db", "upgrade").stdout for _ in range(2)] == ["The database is up to date.\n"] * 2


def test_a_person_is_added_listed_disabled_and_enabled(run: Run) -> None:
    # when
    added = run(
        "users", "add", "Ana", "--role", "agent", "--name", "Ana Ruiz", "--password-stdin",
        stdin="correct horse\n",
    )  # fmt: skip
    run("users", "disable", "ana")
    disabled = json.loads(run("users", "list", "--format", "json").stdout)["people"]
    run("users", "enable", "ana")

    # then
    assert added.stdout == "Added ana (agent).\n"
    assert disabled == [{"login": "ana", "name": "Ana Ruiz", "roles": ["agent"], "active": False}]
    assert "Ana Ruiz" in run("users", "list").stdout


def test_a_token_is_printed_once_and_a_password_can_be_replaced(run: Run) -> None:
    # given
    run("users", "add", "ana", "--role", "agent", "--password-stdin", stdin="correct horse\n")

    # then
    assert run("users", "token", "ana").stdout.startswith("corral_")
    changed = run("users", "password", "ana", "--password-stdin", stdin="another horse\n")
    assert changed.stdout == "ana has a new password.\n"


@pytest.mark.parametrize(
    ("arguments", "stdin", "text"),
    [
        (["add", "ana", "--role", "agent", "--password-stdin"], "short\n", "too short"),
        (["add", "ana ruiz", "--role", "agent", "--password-stdin"], "x" * 12, "cannot be a login"),
        (["add", "ana", "--role", "king"], None, "'king' is not one of"),
        (["add", "ana", "--role", "agent"], "x\nx\n", "use --password-stdin"),
        (["disable", "ghost"], None, "Nobody has the login 'ghost'"),
    ],
)
def test_what_is_wrong_about_a_person_is_one_line(
    run: Run, arguments: list[str], stdin: str | None, text: str
) -> None:
    run("users", "add", "oli", "--role", "operator", "--password-stdin", stdin="correct horse\n")
    assert text in one_line(run("users", *arguments, stdin=stdin))


@pytest.mark.parametrize("arguments", [["list"], ["disable", "ana"], ["token", "ana"]])
def test_to_look_after_people_makes_no_database_where_there_is_none(
    run: Run, data: Path, arguments: list[str]
) -> None:
    assert "There is no Corral database" in one_line(run("users", *arguments))
    assert not data.exists()


def test_the_doctor_finds_a_new_machine_well(
    run: Run, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr(doctor.assets, "names", lambda: {"main.css": "main-1.css"})

    # when
    result = run("doctor", "--port", "0", "--format", "json")

    # then
    report = json.loads(result.stdout)
    assert (result.exit_code, report["ok"]) == (0, True)
    assert [check["check"] for check in report["checks"]] == [
        "python", "data", "database", "disk", "front end", "port", "time zones", "expressions",
    ]  # fmt: skip
    assert not data.exists()


def test_the_doctor_names_what_is_bad_and_its_cure(
    run: Run, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    def missing() -> dict[str, str]:
        raise doctor.assets.FrontEndMissingError("not built")

    monkeypatch.setattr(doctor.assets, "names", missing)
    data.mkdir()
    (data / "corral.sqlite").write_bytes(b"")

    # when
    result = run("doctor", "--port", "0")

    # then
    assert result.exit_code == 1
    assert "bad   front end   is not built. Run: make install" in result.stdout
    assert "run: corral db upgrade" in result.stdout


def test_the_doctor_sees_a_data_directory_that_is_a_file(run: Run, data: Path) -> None:
    # given
    data.write_text("")

    # then
    assert f"{data} is a file. Choose a directory" in run("doctor", "--port", "0").stdout


def test_given_a_running_server_then_a_replay_and_a_second_server_are_refused(
    run: Run, data: Path, tmp_path: Path
) -> None:
    # given
    (tmp_path / "recording.csv").write_text(RECORDING)
    data.mkdir()

    # when / then
    with running_alone(data):
        assert "Corral is running on" in one_line(run("run", "--port", "0"))
        assert "Corral is running on" in one_line(run("replay", str(tmp_path / "recording.csv")))
