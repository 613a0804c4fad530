"""The part of FEEL that needs no sandbox: a fast path with exactly the answers of ``feelin``.

Comparisons, arithmetic, logic, ranges, lists, contexts, paths, ``if``, ``in``, some functions, and
the cells of decision tables are compiled to closures. Whatever the parser here does not know, and
whatever values the closures do not take, go to the sandbox (:class:`~.operations.ElsewhereError`).
Property tests hold the two together.

* :mod:`.pieces` cuts a text, :mod:`.parsing` compiles expressions, :mod:`.cells` unary tests.
* :mod:`.operations` has the operators, :mod:`.functions` the functions, :mod:`.chains` what stands
  in a row.
* :mod:`.budget` counts what walks through lists and long texts.
"""
