"""Every conversation of the simulated network follows from its seed and number."""

import pytest

from channels.demo.stories import (
    FAMOUS_REACH,
    FIRST_FAMOUS,
    FIRST_KINDS,
    FIRST_VIRAL,
    LAST_TURN,
    Storyteller,
)
from channels.demo.texts import load


def teller(seed: int = 7, industry: str | None = None) -> Storyteller:
    return Storyteller(load(), seed=seed, handle="acme_care", industry=industry)


def test_the_same_seed_and_number_tell_the_same_story() -> None:
    # given
    one, other = teller(), teller()

    # then
    assert [one.story(n) for n in range(50)] == [other.story(n) for n in range(50)]
    assert one.story(1) != teller(seed=8).story(1)


@pytest.mark.parametrize("seed", range(12))
def test_the_first_story_is_a_complaint_in_english_and_the_fourth_goes_viral(seed: int) -> None:
    # given
    stories = teller(seed)

    # when
    first, viral = stories.story(0), stories.story(FIRST_VIRAL)

    # then
    assert (first.kind, first.language, first.private) == ("complaint", "en", False)
    assert viral.goes_viral


@pytest.mark.parametrize("seed", range(12))
def test_the_first_stories_show_every_kind_and_somebody_famous_complains(seed: int) -> None:
    # when
    first = [teller(seed).story(number) for number in range(len(FIRST_KINDS))]

    # then
    assert tuple(story.kind for story in first) == FIRST_KINDS
    assert {story.language for story in first} == {"en"}
    assert not any(story.private for story in first)
    assert first[FIRST_FAMOUS].author.reach >= FAMOUS_REACH


@pytest.mark.parametrize("industry", ["parcel", "bank"])
def test_an_industry_without_a_kind_of_story_tells_what_it_has(industry: str) -> None:
    # when
    first = [teller(industry=industry).story(number).kind for number in range(len(FIRST_KINDS))]

    # then
    assert first[:5] == list(FIRST_KINDS[:5])


def test_every_opening_is_told_before_one_comes_again() -> None:
    # given
    openings = load().openings
    stories = [teller().story(number) for number in range(len(openings))]

    # when
    told = sorted((story.kind, story.language) for story in stories)

    # then
    assert told == sorted((opening.kind, opening.language) for opening in openings)


def test_a_story_is_found_again_by_its_thread_alone() -> None:
    # given
    stories = teller()

    # then
    for story in (stories.story(12), stories.story(13, joining=True)):
        assert teller().behind(story.thread) == story


def test_a_thread_nobody_opened_here_still_has_a_customer() -> None:
    assert teller().behind("someone-elses-thread").author.handle


def test_somebody_who_joins_complains_without_going_viral() -> None:
    # when
    joining = teller().story(9, joining=True)

    # then
    assert joining.kind == "complaint"
    assert not joining.goes_viral
    assert not joining.private


def test_the_same_person_is_always_known_by_the_same_name_and_audience() -> None:
    # given
    authors = [teller().story(number).author for number in range(400)]

    # when
    known = {author.handle: author for author in authors}

    # then
    assert len(known) > 50
    assert all(known[author.handle] == author for author in authors)


def test_a_few_customers_have_a_large_audience() -> None:
    # given
    authors = [teller().story(number).author for number in range(400)]

    # when
    well_known = [author for author in authors if author.reach >= 10_000]

    # then
    assert 0 < len(well_known) < len(authors) / 5


def test_an_industry_keeps_to_its_own_stories() -> None:
    # given
    of_bank = {opening.text for opening in load().about("bank")}

    # then
    assert 10 < len(of_bank) < len(load().openings) / 2
    assert teller(industry="bank").story(3).text


def test_customers_answer_in_their_own_language() -> None:
    # given
    stories = teller()
    story = next(s for s in map(stories.story, range(99)) if s.language == "ar")

    # when
    words = stories.words(story, "content", 1)

    # then
    assert words.startswith("شكرا")


def test_a_language_without_a_sentence_for_a_mood_falls_back_to_english() -> None:
    # given
    stories = teller()
    story = next(s for s in map(stories.story, range(99)) if s.language == "ja")

    # then
    assert "@acme_care" in stories.words(story, "impatient", 1)


def test_moods_differ_between_customers() -> None:
    # given
    stories = teller()
    complaints = [s for s in map(stories.story, range(99)) if s.kind == "complaint"]

    # when
    moods = {stories.mood(story, 1, "We sent you a new one.") for story in complaints}

    # then
    assert moods == {"content", "angry", "asking", None}


def test_kind_words_leave_fewer_customers_angry() -> None:
    # given
    stories = teller()
    complaints = [s for s in map(stories.story, range(99)) if s.kind == "complaint"]

    def angry(reply: str) -> int:
        return sum(stories.mood(story, 1, reply) == "angry" for story in complaints)

    # then
    assert angry("We are so sorry. Here is your refund.") < angry("Read the manual.")


def test_nobody_stays_angry_for_ever() -> None:
    # given
    stories = teller()

    # then
    for number in range(99):
        assert stories.mood(stories.story(number), LAST_TURN, "Read the manual.") != "angry"


def test_spam_never_answers() -> None:
    # given
    stories = teller()
    spam = [s for s in map(stories.story, range(99)) if s.kind == "spam"]

    # then
    assert spam
    assert {stories.mood(story, 1, "Go away.") for story in spam} == {None}


def test_an_acknowledgement_asks_for_patience_and_an_answer_does_not() -> None:
    # given
    stories = teller()

    # then
    assert stories.asks_patience("Thank you for telling us! We come back to you.")
    assert not stories.asks_patience("Your parcel is on its way.")
