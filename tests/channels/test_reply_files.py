"""Files of replies: added to a conversation, bound to the reply that names them, sent with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from channels import media
from channels.conversations import Conversations
from channels.delivery import digest
from channels.errors import FileRejectedError
from channels.intake import Intake
from channels.media import Enclosure, MediaRules
from channels.model import ChannelAccount, Page, Reply, ReplyStatus
from channels.outbox import Outbox
from engine import Engine, Source
from engine.errors import NotFoundError
from tests.channels.conftest import ANSWERING, FakeNetwork, mention
from tests.pictures import TOLD, gif, png, png_chunk

PNG, OTHER = png(b"a picture"), png(b"another")
GIF = gif()
#: Sends what it is told, with files.
SENDING = ANSWERING.replace(
    '<corral:input name="by" value="= \'ana\'"/>',
    "".join(
        f'<corral:input name="{name}" value="= {name}"/>'
        for name in ("files", "approved_files", "split")
    ),
)


class Album(FakeNetwork):
    """A network that carries two pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.private_limit = 80

    def measure_private(self, text: str) -> int:
        return len(text)

    def media_rules(self, account: ChannelAccount, *, private: bool) -> MediaRules:
        kind = media.Allowed("pictures", frozenset({media.PNG}), 1 if private else 2, 100)
        return MediaRules((kind,), alt=20)


@pytest.fixture
def network() -> FakeNetwork:
    return Album()


@pytest.fixture
def outbox(engine: Engine, network: FakeNetwork, intake: Intake, account: ChannelAccount) -> Outbox:
    engine.deploy([Source("answering.bpmn", SENDING.encode())])
    intake.take(account, Page((mention(1), mention(2, thread="t2"))))
    return Outbox(engine, {"fake": network})


def added(outbox: Outbox, content: bytes = PNG, conversation: int = 1, **more: Any) -> Enclosure:
    told = {"name": "a.png", "by": "ana"} | more
    return outbox.enclosures.add(conversation, content, **told)


def answer(
    engine: Engine, files: Any, text: str = "Sorry!", *, conversation: int = 1, **more: Any
) -> None:
    told = {
        "conversation": conversation, "text": text, "private": False, "approved": None,
        "files": files, "approved_files": [], "split": False,
    }  # fmt: skip
    engine.start("answering", told | more)


def replies(engine: Engine, count: int = 1) -> list[Reply]:
    return [Conversations(engine).reply(number) for number in range(1, count + 1)]


def test_files_go_out_with_the_reply_in_its_order_and_are_shown(
    engine: Engine, outbox: Outbox, network: FakeNetwork
) -> None:
    # given
    first, second = added(outbox, alt=" A broken\n parcel "), added(outbox, OTHER)

    # when
    answer(engine, [second.id, first.id])
    outbox.work()

    # then
    (sent,) = network.calls
    assert [one.content for one in sent.files] == [OTHER, PNG]
    assert [one.alt for one in sent.files] == ["", "A broken parcel"]
    (post,) = [p for p in Conversations(engine).conversation(1).posts if p.kind == "reply"]
    assert [one.id for one in post.files] == [second.id, first.id]
    assert all(one.content == b"" for one in post.files)


@pytest.mark.parametrize(
    ("named", "why"),
    [
        ([99], "There is no file 99"), (["x"], "There is no file 0"), ("99", "no file 99"),
        ({"id": 1}, "no file 0"), ([2], "There is no file 2"), ([1, 1, 3, 4], "Take 1 out"),
    ],
)  # fmt: skip
def test_what_cannot_go_out_is_refused_with_the_words(
    engine: Engine, outbox: Outbox, network: FakeNetwork, named: Any, why: str
) -> None:
    # given: the second is of another conversation
    added(outbox)
    added(outbox, conversation=2)
    added(outbox)
    added(outbox)

    # when
    answer(engine, named)
    outbox.work()

    # then
    (reply,) = replies(engine)
    assert reply.status is ReplyStatus.REFUSED
    assert why in str(reply.error)
    assert not network.calls


def test_words_about_a_file_are_held_against_the_rules_of_what_may_be_said(
    engine: Engine, outbox: Outbox, network: FakeNetwork
) -> None:
    file = added(outbox, alt="0171 1234567")
    answer(engine, [file.id])
    outbox.work()
    assert "a phone number" in str(replies(engine)[0].error)
    assert not network.calls


def test_the_reply_keeps_the_description_it_was_approved_with(
    engine: Engine, outbox: Outbox, network: FakeNetwork
) -> None:
    # given
    file = added(outbox, alt="before")
    answer(engine, [file.id])

    # when
    outbox.enclosures.describe(file.id, "after")
    outbox.work()

    # then
    assert network.calls[0].files[0].alt == "before"


def test_other_files_make_another_intent(
    engine: Engine, outbox: Outbox, network: FakeNetwork
) -> None:
    # given: both have the same words
    for files in ([], [added(outbox).id], [added(outbox, OTHER).id]):
        answer(engine, files)

    # when
    outbox.work()

    # then
    assert len({one.idempotency_key for one in network.calls}) == 3


@pytest.mark.parametrize(
    ("approved_files", "sent"), [([1], True), ([], False), ([2], False), ([1, 2], False)]
)
def test_only_the_approved_files_go_out_with_an_approved_text(
    engine: Engine, outbox: Outbox, approved_files: Sequence[int], sent: bool
) -> None:
    # given
    added(outbox)
    added(outbox)

    # when
    told = {"approved": digest("Sorry!"), "approved_files": approved_files}
    answer(engine, [1], **told)
    outbox.work()

    # then
    (reply,) = replies(engine)
    assert (reply.status is ReplyStatus.SENT) == sent
    assert sent or "not the one that was approved" in str(reply.error)


def test_an_answer_in_parts_has_its_files_at_the_first(
    engine: Engine, outbox: Outbox, network: FakeNetwork
) -> None:
    # given
    file = added(outbox)

    # when
    answer(engine, [file.id], "word " * 20, split=True)
    for _ in range(4):
        outbox.work()

    # then
    assert [len(one.files) for one in network.calls] == [1, 0, 0]


def test_a_private_answer_may_be_longer_and_have_other_files(
    engine: Engine, outbox: Outbox, network: FakeNetwork
) -> None:
    # given
    ids = [added(outbox).id, added(outbox).id]

    # when
    answer(engine, [], "x" * 80, private=True)
    answer(engine, ids, private=True, conversation=2)
    answer(engine, ids, private=True)
    outbox.work()

    # then
    first, _, third = replies(engine, 3)
    assert first.status is ReplyStatus.SENT
    assert "carries 1 in one reply" in str(third.error)


def test_the_composer_knows_lengths_and_files_of_private_answers(
    engine: Engine, outbox: Outbox, account: ChannelAccount
) -> None:
    # given
    files = [added(outbox), added(outbox)]

    # when
    public = outbox.composing.look(account, "x" * 60, files=files)
    private = outbox.composing.look(account, "x" * 60, files=files, private=True)

    # then
    assert (public.limit, public.too_long, len(public.broken)) == (50, True, 0)
    assert (private.limit, private.too_long, len(private.broken)) == (80, False, 1)


@pytest.mark.parametrize("content", [b"<script>", b"", b"MZ"])
def test_what_is_no_picture_film_or_pdf_is_not_kept(outbox: Outbox, content: bytes) -> None:
    with pytest.raises(FileRejectedError, match="this is none"):
        added(outbox, content, name="harmless.png")


def test_what_a_camera_wrote_beside_a_picture_is_not_kept(outbox: Outbox) -> None:
    file = added(outbox, png(b"a picture", png_chunk(b"tEXt", TOLD)))
    assert (outbox.enclosures.content(file.id).content, file.size) == (PNG, len(PNG))
    with pytest.raises(FileRejectedError, match="is damaged: it ends in the middle"):
        added(outbox, PNG[:-1])


def test_a_file_that_is_too_large_or_one_too_many_is_not_kept(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media, "LARGEST", len(PNG))
    monkeypatch.setattr(media, "MOST", 1)
    with pytest.raises(FileRejectedError, match="Save it smaller"):
        added(outbox, PNG * 2)
    added(outbox, user_task=7)
    with pytest.raises(FileRejectedError, match="There are 1 files already"):
        added(outbox, user_task=7)
    added(outbox, user_task=8)


def test_a_file_belongs_to_a_conversation_of_the_workspace(outbox: Outbox) -> None:
    with pytest.raises(NotFoundError):
        added(outbox, conversation=99)


def test_a_file_is_taken_out_only_where_it_was_added_and_not_once_a_reply_names_it(
    engine: Engine, outbox: Outbox
) -> None:
    # given
    kept, dropped = added(outbox, user_task=7), added(outbox, user_task=7)
    answer(engine, [kept.id])

    # when
    elsewhere = outbox.enclosures.remove(dropped.id, user_task=8)
    here = [outbox.enclosures.remove(one.id, user_task=7) for one in (kept, dropped)]

    # then
    assert (elsewhere, here) == (False, [False, True])
    assert outbox.enclosures.content(kept.id).content == PNG
    with pytest.raises(NotFoundError):
        outbox.enclosures.content(dropped.id)
