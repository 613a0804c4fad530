"""The people of the simulated network: what they write, and how they take our answers.

:mod:`channels.networks.demo` shows this little world through the channel protocol. It is
split in three: :mod:`~channels.demo.texts` (the words, from ``texts.json``),
:mod:`~channels.demo.stories` (who writes what, a pure function of seed and number) and
:mod:`~channels.demo.world` (what happens when, in memory, at moments that are passed in).
"""
