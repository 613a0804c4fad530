"""What ``corral run --demo`` finds on its first run: people, a process, a lively network.

Seeding twice changes nothing. The passwords are printed and known to everybody, so they live as
long as the demo: a later run without ``--demo`` disables them (:func:`close_demo`), and a
directory with people of its own is never made a demo, but people may be added to one.
"""

from __future__ import annotations

from dataclasses import dataclass

import processes
from webapp.bootstrap import Installation
from webapp.data_dir import DataDirectoryError
from webapp.people import People, Role, UnknownPersonError

DEMO_PASSWORD = "corral-demo"  # noqa: S105  (printed on purpose)
#: The process that the demo network's mentions start.
DEMO_PROCESS = "complaint"
#: Many complaints alike are answered with one text.
SHARED_PROCESS = "shared_answer"
DEMO_CHANNEL = "demo"
DEMO_HANDLE = "northwind_care"
DEMO_SETTINGS = {
    "mentions_per_minute": 3,
    "poll_seconds": [1, 3],
    "trouble": 0.03,
    # Minutes instead of hours, so that a visitor sees everything happen: reminded after two, due
    # after five, escalated after eight. A customer who is going to answer does so within 40
    # seconds; two minutes of silence end a case.
    "variables": {
        "reminder_after": "PT2M",
        "answer_within": "PT5M",
        "escalate_after": "PT8M",
        "silence_after": "PT2M",
        "supervisor_within": "PT5M",
    },
}


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody a visitor can be."""

    login: str
    name: str
    role: Role
    does: str  #: what to try as this person


DEMO_PEOPLE = (
    DemoPerson("ana", "Ana Ruiz", Role.AGENT, "answers customers: start here"),
    DemoPerson("dan", "Dan Okafor", Role.DESIGNER, "draws and deploys processes"),
    DemoPerson("mia", "Mia Lindqvist", Role.MANAGER, "sees what is late or stuck"),
    DemoPerson("oli", "Oli Brandt", Role.OPERATOR, "may everything"),
)


def seed(installation: Installation) -> None:
    """Make the demo workspace, as far as it is not there yet.

    Raises:
        DataDirectoryError: people of its own log in here; their passwords would stand beside
            passwords that everybody knows.
    """
    people, engine = installation.rooms.people, installation.engine
    workspace = engine.workspace.key
    demo = {person.login for person in DEMO_PEOPLE}
    here = people.of_workspace(workspace)
    others = [one.login for one in here if one.login not in demo]
    # A visitor may add people to a running demo; a demo that was closed is somebody's installation.
    if others and not any(one.active for one in here if one.login in demo):
        raise DataDirectoryError(
            f"This installation is in use by {others[0]}: --demo would add people whose password "
            "everybody knows. Choose an empty directory with --data, or leave --demo out."
        )
    for person in DEMO_PEOPLE:
        _let_in(people, workspace, person)
    if not engine.definitions(key=DEMO_PROCESS):
        for name in (DEMO_PROCESS, SHARED_PROCESS):
            engine.deploy(processes.files(name), by="demo")
    installation.services().conversations.ensure_account(
        DEMO_CHANNEL, DEMO_HANDLE, settings=DEMO_SETTINGS
    )


def close_demo(people: People, workspace: str) -> list[str]:
    """Disable the demo logins that still have the printed password; return which."""
    known = [
        person.login
        for person in DEMO_PEOPLE
        if people.recognise(person.login, DEMO_PASSWORD) is not None
    ]
    for login in known:
        people.change(workspace, login, active=False)
    return known


def _let_in(people: People, workspace: str, person: DemoPerson) -> None:
    try:
        found = people.by_login(person.login)
    except UnknownPersonError:
        people.add(workspace, person.login, DEMO_PASSWORD, name=person.name, roles=[person.role])
        return
    if not found.active:
        people.change(workspace, person.login, active=True)
