"""What Facebook and Instagram share: Meta's Graph API by plain HTTPS.

Both show posts of ours with comments under them, and conversations of messages; both take a public
answer to a comment, one private answer to a comment, and answers to messages for a while. What
differs is told by a :class:`channels.graph.dialect.Dialect`. Of the files here

* ``server.py`` calls, ``faults.py`` knows what refusals mean, ``usage.py`` what is left to us;
* ``posts.py`` tells comments and messages apart, ``place.py`` keeps where reading stopped;
* ``looking.py`` makes pages, of ``comments.py``, ``messages.py`` and ``changes.py``;
* ``answering.py`` sends, ``finding.py`` looks for what was sent, ``windows.py`` says until when;
* ``hooks.py`` is called by Meta, ``trying.py`` tries an account, ``network.py`` is all of it.

Facts: Meta's documentation as of September 2026.
"""
