"""The part of FEEL that needs no sandbox: a fast path with exactly the answers of ``feelin``.

Comparisons, arithmetic, logic, ranges, lists, paths, ``if``, ``in`` and some functions on texts are
compiled to closures. Whatever the parser here does not know, and whatever values the closures do
not take, go to the sandbox (:class:`~.operations.ElsewhereError`). A property test holds the two
together.
"""
