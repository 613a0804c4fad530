"""In which conversation a post belongs, where its thread is none that we know.

Networks differ in what they call a thread. A reply that somebody wrote under a quote has the
quote's thread; some networks tell the post that is answered and nothing else. Placed is, the first
that fits:

1. where its thread is a conversation: there;
2. where it answers a post we have, or its thread is named after one: where that post is;
3. where it quotes a post of a conversation in which its author has written: there. Others who
   quote a post begin a conversation of their own: they are other customers, to be answered apart;
4. a repost: where the post is that it spreads; nowhere if we do not have it.

Whatever fits none of these begins a conversation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from channels.model import Mention, OwnPost


@dataclass(slots=True)
class Places:
    """What is known of conversations of an account; it learns from each post that is placed."""

    #: Threads that are conversations.
    threads: set[str]
    #: Thread of the conversation in which a post is, by external id.
    posts: dict[str, str] = field(default_factory=dict)
    #: External ids of who has written, by thread.
    writers: dict[str, set[str]] = field(default_factory=dict)

    def placed(
        self, mentions: Sequence[Mention], own_posts: Sequence[OwnPost]
    ) -> tuple[list[Mention], list[OwnPost]]:
        """Return the posts, in their order, each with the thread of its conversation.

        Reposts of what we do not have are left out.
        """
        found: dict[int, str | None] = {}
        # What we answered may be answered on the same page.
        posts: list[Mention | OwnPost] = [*mentions, *own_posts]
        for at, post in sorted(enumerate(posts), key=lambda one: one[1].created_at):
            found[at] = self._place(post)
        placed = [_moved(each, found[at]) for at, each in enumerate(mentions)]
        own = [_own_moved(each, found[at]) for at, each in enumerate(own_posts, len(mentions))]
        return [each for each in placed if each is not None], own

    def _place(self, post: Mention | OwnPost) -> str | None:
        thread = self._thread_of(post)
        if thread is not None:
            self.posts[post.external_id] = thread
            if isinstance(post, Mention) and post.reposts is None:
                self.threads.add(thread)
                self.writers.setdefault(thread, set()).add(post.author.external_id)
        return thread

    def _thread_of(self, post: Mention | OwnPost) -> str | None:
        if isinstance(post, Mention) and post.reposts is not None:
            return self.posts.get(post.reposts)
        if post.thread in self.threads:
            return post.thread
        for named in (post.in_reply_to, post.thread):
            if named is not None and named in self.posts:
                return self.posts[named]
        if isinstance(post, Mention) and post.quotes is not None:
            quoted = self.posts.get(post.quotes)
            if quoted is not None and post.author.external_id in self.writers.get(quoted, ()):
                return quoted
        return post.thread


def named_posts(posts: Iterable[Mention | OwnPost], threads: Mapping[str, object]) -> set[str]:
    """Return the external ids of other posts that have to be known to place these."""
    named: set[str | None] = set()
    for post in posts:
        if isinstance(post, Mention) and post.reposts is not None:
            named.add(post.reposts)
        elif post.thread not in threads:
            named |= {post.in_reply_to, post.thread}
            named.add(post.quotes if isinstance(post, Mention) else None)
    return {each for each in named if each is not None}


def _moved(mention: Mention, thread: str | None) -> Mention | None:
    if thread is None:
        return None
    return mention if thread == mention.thread else replace(mention, thread=thread)


def _own_moved(post: OwnPost, thread: str | None) -> OwnPost:
    return post if thread in (None, post.thread) else replace(post, thread=thread or "")
