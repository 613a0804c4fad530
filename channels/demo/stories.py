"""Who writes what: every conversation of the simulated network, as a function of its number.

Nothing is stored. The same seed and number give the same customer and the same words, so the
network can be asked about a conversation that began before a restart.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from random import Random

from channels.demo.texts import Opening, Person, Texts
from channels.model import Author

#: What the first stories are about, all in English, so that a newcomer sees every kind at once.
FIRST_KINDS = ("complaint", "question", "complaint", "complaint", "praise", "lead")
#: Story 2 comes from somebody whom very many people read.
FIRST_FAMOUS = 2
FAMOUS_REACH = 100_000
#: Story 3 goes viral, so that a newcomer sees it happen; later ones do now and then.
FIRST_VIRAL = 3
VIRAL_SHARE = 0.04
PRIVATE_SHARE = 0.1
#: Share of customers with an audience of 10,000 or more.
WELL_KNOWN_SHARE = 0.06

#: How a customer takes an answer: mood and share, by kind of story. What is missing to 1 is
#: silence.
MOODS = {
    "complaint": (("content", 0.5), ("angry", 0.22), ("asking", 0.08)),
    "question": (("content", 0.5), ("asking", 0.15)),
    "lead": (("asking", 0.35), ("content", 0.35)),
    "praise": (("content", 0.15),),
    "spam": (),
}
#: After this many answers nobody stays angry: a simulation should come to an end.
LAST_TURN = 3
_KIND_WORDS = ("sorry", "apolog", "refund", "leid", "désol", "sient", "spiace", "desculp", "اعتذر")
_THREAD = re.compile(r"-(\d+)(j?)$")


@dataclass(frozen=True, slots=True)
class Story:
    """The beginning of one conversation."""

    thread: str  #: also the external id of its first post
    kind: str
    language: str
    author: Author
    text: str
    private: bool = False
    goes_viral: bool = False


class Storyteller:
    """Tells the stories of one account."""

    def __init__(self, texts: Texts, *, seed: int, handle: str, industry: str | None) -> None:
        """Prepare the openings about ``industry``, or about all when it is None."""
        self._texts = texts
        self._seed = seed
        self._handle = handle
        self._openings = texts.about(industry)

    def story(self, number: int, *, joining: bool = False) -> Story:
        """Return story ``number`` (0 and up); ``joining`` ones join somebody else's complaint."""
        rng = self._rng("story", number)
        opening = self._joins(rng) if joining else self._opening(number)
        famous = number == FIRST_FAMOUS and not joining
        author = self._author(opening.language, rng, least_reach=FAMOUS_REACH if famous else 0)
        private = not joining and number >= len(FIRST_KINDS) and rng.random() < PRIVATE_SHARE
        spreads = not joining and not private and _plain(opening)
        return Story(
            thread=f"demo{self._seed}-{number}{'j' if joining else ''}",
            kind=opening.kind,
            language=opening.language,
            author=author,
            text=self._texts.fill(opening.text, self._handle, rng),
            private=private,
            goes_viral=spreads and (number == FIRST_VIRAL or rng.random() < VIRAL_SHARE),
        )

    def behind(self, thread: str) -> Story:
        """Return the story of ``thread``, also when it began before a restart."""
        match = _THREAD.search(thread)
        if match is None:  # not ours: somebody else's tests or data; still answer sensibly
            return self.story(zlib.crc32(thread.encode()) % 10_000)
        return self.story(int(match[1]), joining=bool(match[2]))

    def mood(self, story: Story, turn: int, reply: str) -> str | None:
        """Return how the customer takes our ``turn``-th answer (1 and up); None for silence.

        A reply for which :meth:`asks_patience` holds is no answer: do not ask about it.
        """
        text = reply.lower()
        drawn = self._rng("mood", story.thread, turn).random()
        if any(word in text for word in _KIND_WORDS):
            drawn *= 0.7  # kindness helps: the moods are ordered from the best
        for mood, share in MOODS[story.kind]:
            drawn -= share
            if drawn < 0:
                return "content" if mood == "angry" and turn >= LAST_TURN else mood
        return None

    def asks_patience(self, reply: str) -> bool:
        """Say whether ``reply`` is an acknowledgement or a survey, which nobody answers."""
        text = reply.lower()
        return any(part in text for part in self._texts.holding)

    def words(self, story: Story, mood: str, turn: int) -> str:
        """Return what the customer of ``story`` writes in ``mood``."""
        rng = self._rng("words", story.thread, mood, turn)
        text = rng.choice(self._texts.in_mood(mood, story.language))
        return self._texts.fill(text, self._handle, rng)

    def _rng(self, *what: object) -> Random:
        # A string seed is hashed by Python's own SHA-512 rule: the same in every process.
        return Random(":".join(map(str, (self._seed, *what))))  # noqa: S311 - a simulation

    def _opening(self, number: int) -> Opening:
        """Deal all openings before any comes again, and the first ones by their kinds."""
        turn, place = divmod(number, len(self._openings))
        deck = list(self._openings)
        self._rng("deck", turn).shuffle(deck)
        if turn == 0:
            for wanted, kind in enumerate(FIRST_KINDS):
                # An industry without such a story in English tells whatever comes.
                for found in range(wanted, len(deck)):
                    if (deck[found].kind, deck[found].language) == (kind, "en"):
                        deck[wanted], deck[found] = deck[found], deck[wanted]
                        break
        return deck[place]

    def _joins(self, rng: Random) -> Opening:
        return Opening("any", "complaint", "en", rng.choice(self._texts.in_mood("joining", "en")))

    def _author(self, language: str, rng: Random, *, least_reach: int = 0) -> Author:
        people = self._texts.people[language]
        for _ in range(10_000):
            person = rng.choice(people)
            if rng.random() < 0.6:  # somebody else with the same first name
                other = rng.randrange(10, 99)
                family = people[other % len(people)].name.split()[-1]
                person = Person(f"{person.name.split()[0]} {family}", f"{person.handle}{other}")
            reach = _reach(person)
            if reach >= least_reach:
                break
        return Author(person.handle, person.handle, person.name, reach)


def _reach(person: Person) -> int:
    fame = Random(person.handle)  # noqa: S311 - the same person has the same audience
    well_known = fame.random() < WELL_KNOWN_SHARE
    return int(10 ** (fame.uniform(4, 5.3) if well_known else fame.uniform(0.7, 3.5)))


def _plain(opening: Opening) -> bool:
    return opening.kind == "complaint" and opening.language == "en"
