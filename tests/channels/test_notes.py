"""Notes: kept once, told the team once, and answered there; no customer ever reads one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from channels.conversations import Conversations
from channels.errors import ChannelUnavailableError, DeliveryUnknownError, NoteRejectedError
from channels.intake import Intake
from channels.model import ChannelAccount, Edit, Page, Remark, ReplyStatus
from channels.notes import LONGEST, Notes
from channels.outbox import Outbox
from channels.policy import Rules
from channels.shown import Earlier, NotePost
from channels.storage import prepare
from engine import Engine, Source
from engine.errors import NotFoundError
from tests.channels.conftest import ANSWERING, START, FakeClock, FakeNetwork, PlainSignals, mention


class Chat(FakeNetwork):
    """A place where the team talks."""

    name = "chat"
    place = "room"
    reply_limit = 5_000


@dataclass
class Team:
    """A conversation with a customer, and a room of the team."""

    engine: Engine
    clock: FakeClock
    chat: Chat
    network: FakeNetwork
    room: ChannelAccount

    def __post_init__(self) -> None:
        networks = {"chat": self.chat, "fake": self.network}
        self.notes = Notes(self.engine, networks)
        self.outbox = Outbox(self.engine, networks)
        self.intake = Intake(self.engine, PlainSignals(), networks)

    def says(self, text: str = "Who knows him?", *, key: str = "k1", conversation: int = 1) -> None:
        self.notes.write(conversation, text, by="ana", key=key, about="on bob: https://c/1")

    def answered(self, text: str, *, thread: str, id: str = "a1") -> None:
        remark = Remark(id, "Sam", text, self.clock.now(), thread)
        self.intake.take(self.room, Page(remarks=(remark,)))

    def lives(self, minutes: int) -> None:
        for _ in range(minutes * 6):
            self.clock.passes(seconds=10)
            self.outbox.work()

    def posts(self) -> list[str]:
        """Return what the room shows, by its ids."""
        return [f"post-{key[:8]}" for key in self.chat.posted]

    def told(self) -> NotePost:
        return self.notes.of(1)[0].told[0]


@pytest.fixture(params=["memory", "postgresql"])
def engine(
    request: pytest.FixtureRequest, database_of: Callable[[str], str], clock: FakeClock
) -> Iterator[Engine]:
    """A database of each kind; a file and the memory are one."""
    opened = Engine.open(database_of(request.param), clock=clock)
    prepare(opened)
    yield opened
    opened.close()


@pytest.fixture
def team(
    engine: Engine, clock: FakeClock, network: FakeNetwork, intake: Intake, account: ChannelAccount
) -> Team:
    engine.deploy([Source("answering.bpmn", ANSWERING.encode())])
    intake.take(account, Page((mention(1), mention(2, thread="t2"))))
    room = Conversations(engine).ensure_account("chat", "#care")
    return Team(engine, clock, Chat(), network, room)


def test_a_note_is_kept_once_and_reaches_the_team_once(team: Team) -> None:
    # when: the form is sent twice
    team.says()
    team.says()
    team.lives(1)

    # then
    (note,) = team.notes.of(1)
    assert (note.text, note.author, note.at) == ("Who knows him?", "ana", START)
    assert note.told == (NotePost("chat", "#care", ReplyStatus.SENT),)
    assert list(team.chat.posted.values()) == ["ana on bob: https://c/1\nWho knows him?"]
    assert team.chat.calls[0].thread == ""


def test_no_customer_reads_it_and_no_answer_waits_for_it(team: Team) -> None:
    # given: the room is away
    team.chat.failures = [ChannelUnavailableError("away")] * 100
    team.says()

    # when
    team.engine.start(
        "answering", {"conversation": 1, "text": "Sorry!", "private": False, "approved": None}
    )
    team.lives(1)

    # then
    assert list(team.network.posted.values()) == ["Sorry!"]
    posts = Conversations(team.engine).conversation(1).posts
    assert {post.text for post in posts} == {"text 1", "Sorry!"}
    assert (team.told().status, team.told().error) == (ReplyStatus.RETRYABLE, "away")


def test_later_notes_go_into_the_thread_of_the_first_in_order(team: Team) -> None:
    # given: the first is not there yet when the second is written
    team.chat.failures = [ChannelUnavailableError("away"), None, None]
    team.says("one", key="k1")
    team.says("two", key="k2")
    team.says("elsewhere", key="k3", conversation=2)

    # when
    team.lives(2)

    # then
    threads = {call.text.partition("\n")[2]: call.thread for call in team.chat.calls}
    first = next(f"post-{key[:8]}" for key, text in team.chat.posted.items() if "one" in text)
    assert threads == {"one": "", "two": first, "elsewhere": ""}


@pytest.mark.parametrize("arrived", [True, False])
def test_a_note_of_which_nobody_knows_is_looked_for_before_it_is_told_again(
    team: Team, arrived: bool
) -> None:
    team.chat.failures = [DeliveryUnknownError("cut off")]
    team.chat.loses_answers = arrived
    team.says()
    team.lives(5)
    assert len(team.chat.calls) == (1 if arrived else 2)
    assert team.told().status is ReplyStatus.SENT


@pytest.mark.parametrize("went_out", [True, False])
def test_a_note_of_which_nothing_can_be_found_out_is_left_to_a_person(
    team: Team, went_out: bool
) -> None:
    # given
    team.chat.failures = [DeliveryUnknownError("cut off")]
    team.chat.find_failure = ChannelUnavailableError("away")
    team.says()
    team.lives(10)
    (unsettled,) = Conversations(team.engine).unsettled_replies()

    # when
    team.outbox.settle_by_person(unsettled.id, went_out=went_out, by="ana")
    team.lives(1)

    # then
    assert unsettled.conversation_id == 1
    assert len(team.chat.calls) == (1 if went_out else 2)
    assert team.told().status is ReplyStatus.SENT


def test_what_the_rules_forbid_customers_to_read_may_be_told_colleagues(team: Team) -> None:
    team.outbox.composing.change_rules(Rules(banned=("our fault",)), by="oli")
    team.says("It is our fault; call +49 30 901820.")
    team.lives(1)
    assert team.told().status is ReplyStatus.SENT


# ---- answers


def test_an_answer_in_the_room_comes_back_as_a_note_once(team: Team) -> None:
    # given
    team.says()
    team.lives(1)
    (first,) = team.posts()

    # when: the network tells of it twice, and of what is said elsewhere in the room
    for _ in range(2):
        team.answered("I do.", thread=first)
    team.answered("Lunch?", thread="another", id="a2")

    # then
    mine, theirs = team.notes.of(1)
    assert (theirs.text, theirs.author, theirs.channel, theirs.account) == (
        "I do.", "Sam", "chat", "#care",
    )  # fmt: skip
    assert (mine.channel, theirs.told) == (None, ())
    assert len(team.notes.of(2)) == 0


def test_an_answer_that_comes_before_we_know_of_our_own_post_is_heard_again(team: Team) -> None:
    # given: the post arrived, and our process does not know
    team.chat.failures, team.chat.loses_answers = [DeliveryUnknownError("cut off")], True
    team.says()
    team.outbox.work()
    (first,) = team.posts()

    # when
    with pytest.raises(ChannelUnavailableError, match="read again"):
        team.answered("I do.", thread=first)
    before = len(team.notes.of(1))
    team.lives(1)
    team.answered("I do.", thread=first)

    # then
    assert (before, len(team.notes.of(1))) == (1, 2)


def test_an_answer_that_is_changed_or_deleted_in_the_room_is_so_with_us(team: Team) -> None:
    # given
    team.says()
    team.lives(1)
    for id in ("a1", "a2"):
        team.answered("I do.", thread=team.posts()[0], id=id)
    later = START + timedelta(hours=1)

    # when: it is told twice, later with the same words; then changes of before, and of others
    told = [("I did.", 0), ("I did.", 2), ("I don't.", 1), ("I don't.", -1)]
    edits = [Edit("a1", text, later + timedelta(minutes=minute)) for text, minute in told]
    for _ in range(2):
        page = Page(edits=(*edits, Edit("a9", "?", later)), deletions=("a9",))
        team.intake.take(team.room, page)

    # then
    changed = team.notes.of(1)[1]
    assert (changed.text, changed.earlier) == ("I did.", (Earlier("I do.", later),))

    # when
    team.intake.take(team.room, Page(deletions=("a1", "a1")))
    team.intake.take(team.room, Page(edits=(Edit("a1", "But!", later + timedelta(1)),)))

    # then
    gone, kept = team.notes.of(1)[1:]
    assert (gone.text, gone.deleted_at, gone.earlier) == ("", team.clock.now(), (
        Earlier("", later),
    ))  # fmt: skip
    assert (kept.text, kept.deleted_at, kept.earlier) == ("I do.", None, ())


# ---- what is refused


@pytest.mark.parametrize("text", ["", " \n", "\x00", "x" * (LONGEST + 1)])
def test_a_note_that_says_nothing_or_too_much_is_not_kept(team: Team, text: str) -> None:
    with pytest.raises(NoteRejectedError):
        team.says(text)
    assert team.notes.of(1) == ()


def test_a_note_is_about_a_conversation_of_its_workspace(team: Team) -> None:
    team.engine.create_workspace("other", "Other")
    elsewhere = Notes(team.engine.in_workspace("other"), {})
    with pytest.raises(NotFoundError):
        elsewhere.write(1, "hm", by="gil", key="k")
    with pytest.raises(NotFoundError):
        team.says(conversation=77)
    assert elsewhere.of(1) == ()


def test_a_room_that_is_off_or_not_wanted_is_told_nothing(team: Team) -> None:
    team.notes.write(1, "quietly", by="ana", key="k1", told=False)
    Conversations(team.engine).change_account(team.room.id, enabled=False)
    team.says(key="k2")
    team.lives(1)
    assert team.chat.calls == []
    assert [note.told for note in team.notes.of(1)] == [(), ()]
