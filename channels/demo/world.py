"""What happens when in the simulated network: posts appear, replies provoke answers.

The world lives in memory and is told the time. Everything it has ever shown is a numbered log, so
reading from any position gives the same entries again. A world that begins at a later position
(after a restart) goes on counting there: nothing is delivered twice, and customers who were about
to answer when the process ended stay silent.
"""

from __future__ import annotations

import heapq
from collections import OrderedDict, deque
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from random import Random

from channels.demo.stories import FIRST_KINDS, Story, Storyteller
from channels.model import Mention, Reply

#: Entries that can be read again; far more than anybody leaves uncommitted.
LOG_LENGTH = 5_000
#: Conversations whose customers remember what was said.
MEMORY = 2_000
#: For so long an unanswered post keeps others from being written.
PATIENCE = timedelta(hours=2)
JOINING = (2, 4)
VIRAL_REACH = 40


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log."""

    sequence: int  #: 1 and up
    stories: int  #: stories told so far, including this one
    mention: Mention


@dataclass(frozen=True, slots=True)
class Tempo:
    """How lively the world is."""

    mentions_per_minute: float = 2.0
    #: 2.0 makes customers react in half the time.
    pace: float = 1.0
    #: No new story begins while so many wait for an answer.
    max_open: int = 30


@dataclass(slots=True)
class _Thread:
    story: Story
    opened_at: datetime
    last: str  #: external id of the last post
    answers: int = 0  #: of ours, that were more than a request for patience
    nudges: int = 0
    content: bool = False  #: has nothing left to say
    said: set[str] = field(default_factory=set)  #: what we wrote here


class World:
    """The posts of one account, from a position on."""

    def __init__(
        self,
        teller: Storyteller,
        tempo: Tempo,
        *,
        seed: int,
        now: datetime,
        sequence: int = 0,
        stories: int = 0,
    ) -> None:
        """Begin at ``now`` (UTC), after ``sequence`` entries and ``stories`` stories."""
        self._teller = teller
        self._tempo = tempo
        self._seed = seed
        self._sequence = sequence
        self._stories = stories
        self._log: deque[Entry] = deque(maxlen=LOG_LENGTH)
        self._threads: OrderedDict[str, _Thread] = OrderedDict()
        self._due: list[tuple[datetime, int, str, str]] = []
        self._order = count()
        # The first ones follow fast, so that a newcomer sees life at once.
        for number in range(len(FIRST_KINDS) if tempo.mentions_per_minute else 0):
            self._plan(now + timedelta(seconds=4 * number), "begin")
        self._plan_next(now)

    def live(self, now: datetime) -> None:
        """Let everything happen that is due by ``now``."""
        while self._due and self._due[0][0] <= now:
            at, _, what, thread = heapq.heappop(self._due)
            self._happen(at, what, thread)

    def after(self, sequence: int, limit: int) -> list[Entry]:
        """Return at most ``limit`` entries after ``sequence``, oldest first."""
        found = [entry for entry in self._log if entry.sequence > sequence]
        return found[:limit]

    def catch_up(self, sequence: int, stories: int) -> None:
        """Go on counting after a position this world has not reached itself."""
        self._sequence = max(self._sequence, sequence)
        self._stories = max(self._stories, stories)

    def heard_before(self, reply: Reply) -> bool:
        """Say whether exactly this text was posted in this conversation already."""
        return reply.text in self._thread(reply.thread, reply.created_at).said

    def hear(self, reply: Reply, external_id: str, now: datetime) -> None:
        """Show ``reply`` to its customer, who may answer."""
        thread = self._thread(reply.thread, now)
        thread.said.add(reply.text)
        thread.last = external_id
        if self._teller.asks_patience(reply.text):
            return
        thread.answers += 1
        mood = self._teller.mood(thread.story, thread.answers, reply.text)
        if mood is not None and not thread.content:
            thread.content = mood == "content"
            delay = self._delay(reply.thread, thread.answers)
            self._plan(now + delay, mood, reply.thread)

    # ------------------------------------------------------------------ what happens

    def _happen(self, at: datetime, what: str, thread: str) -> None:
        if what == "next":
            if self._waiting(at) < self._tempo.max_open:
                self._begin(at, self._teller.story(self._stories))
            self._plan_next(at)
        elif what == "begin":
            self._begin(at, self._teller.story(self._stories))
        elif what == "join":
            self._begin(at, self._teller.story(self._stories, joining=True))
        elif what in ("impatient", "viral"):
            self._nudge(at, what, self._threads.get(thread))
        else:
            self._say(at, what, self._thread(thread, at))

    def _begin(self, at: datetime, story: Story) -> None:
        self._stories += 1
        self._remember(_Thread(story, at, story.thread))
        self._write(
            Mention(
                external_id=story.thread,
                author=story.author,
                text=story.text,
                created_at=at,
                thread=story.thread,
                private=story.private,
            )
        )
        rng = self._rng(story.thread, "begin")
        if story.goes_viral:
            self._plan(at + self._seconds(rng.uniform(45, 90)), "viral", story.thread)
        elif story.kind == "complaint" and rng.random() < 0.35:
            self._plan(at + self._seconds(rng.uniform(60, 240)), "impatient", story.thread)

    def _nudge(self, at: datetime, what: str, thread: _Thread | None) -> None:
        """Write again because nobody answered; a viral post also brings others."""
        if thread is None or thread.answers:
            return
        thread.nudges += 1
        if what == "viral":
            self._grow(thread)
            rng = self._rng(thread.story.thread, "viral")
            for number in range(rng.randint(*JOINING)):
                self._plan(at + self._seconds(rng.uniform(5, 20) * (number + 1)), "join")
        self._say(at, what, thread)

    def _grow(self, thread: _Thread) -> None:
        author = thread.story.author
        known = replace(author, reach=max(author.reach, 500) * VIRAL_REACH)
        thread.story = replace(thread.story, author=known)

    def _say(self, at: datetime, mood: str, thread: _Thread) -> None:
        story = thread.story
        mention = Mention(
            external_id=f"{story.thread}.{self._sequence + 1}",
            author=story.author,
            text=self._teller.words(story, mood, thread.answers + thread.nudges),
            created_at=at,
            thread=story.thread,
            in_reply_to=thread.last,
            private=story.private,
        )
        thread.last = mention.external_id
        self._write(mention)

    def _write(self, mention: Mention) -> None:
        self._sequence += 1
        self._log.append(Entry(self._sequence, self._stories, mention))

    # ------------------------------------------------------------------ memory and chance

    def _thread(self, name: str, now: datetime) -> _Thread:
        known = self._threads.get(name)
        if known is None:  # it began before a restart
            known = _Thread(replace(self._teller.behind(name), thread=name), now, name)
            self._remember(known)
        return known

    def _remember(self, thread: _Thread) -> None:
        self._threads[thread.story.thread] = thread
        while len(self._threads) > MEMORY:
            self._threads.popitem(last=False)

    def _waiting(self, now: datetime) -> int:
        return sum(
            1
            for thread in self._threads.values()
            if not thread.answers
            and thread.story.kind != "spam"
            and now - thread.opened_at < PATIENCE
        )

    def _plan(self, at: datetime, what: str, thread: str = "") -> None:
        heapq.heappush(self._due, (at, next(self._order), what, thread))

    def _plan_next(self, now: datetime) -> None:
        if self._tempo.mentions_per_minute:
            gap = self._rng("gap", self._stories, self._sequence, now.timestamp()).expovariate(1)
            self._plan(now + timedelta(minutes=gap / self._tempo.mentions_per_minute), "next")

    def _delay(self, thread: str, turn: int) -> timedelta:
        return self._seconds(self._rng(thread, "delay", turn).uniform(8, 40))

    def _seconds(self, seconds: float) -> timedelta:
        return timedelta(seconds=seconds / self._tempo.pace)

    def _rng(self, *what: object) -> Random:
        return Random(":".join(map(str, (self._seed, *what))))  # noqa: S311 - a simulation
