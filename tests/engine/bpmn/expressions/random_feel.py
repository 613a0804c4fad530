"""Random texts of FEEL for the fast path: typed, so that most of them mean something.

One operand in ten is of any type, so that what does not fit is met too.
"""

from __future__ import annotations

import functools
from typing import Any

from hypothesis import strategies as st

Texts = st.SearchStrategy[str]

#: The types of the variables that random texts read; "missing" has none.
NUMBERS, WORDS, LISTS = ("amount", "limit"), ("tier", "region"), ("tags", "scores")

numbers = st.integers(-50, 50) | st.sampled_from(
    [2**53, 2**53 + 1, -(2**53) - 1, 2**60, 0.1, 0.5, 5.0, -2.25, 0.00001, 1e17, 1e300]
)
words = st.sampled_from(
    ["", "a", "gold", "Gold", "5", " x ", "\u00e9", "\U0001f600", "\uffff", "1.5", 'a"b', "a\\b\n"]
)
scalars = st.none() | st.booleans() | numbers | words
values = (
    scalars
    | st.lists(scalars, max_size=3)
    | st.dictionaries(st.sampled_from(["amount", "tier", "a b"]), scalars)
)


def _or_any(usual: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.integers(0, 9).flatmap(lambda chance: values if chance == 0 else usual)


variables = st.fixed_dictionaries(
    {
        **{name: _or_any(numbers) for name in NUMBERS},
        **{name: _or_any(words) for name in WORDS},
        "ok": _or_any(st.booleans()),
        "tags": _or_any(st.lists(words, max_size=4)),
        "scores": _or_any(st.lists(numbers, max_size=4)),
        "nothing": _or_any(st.none()),
        "customer": _or_any(st.fixed_dictionaries({"amount": numbers, "tier": words})),
    }
)

number_literals = st.sampled_from(
    ["0", "1", "5", "2.5", "100", ".5", "1.5e3", "2.0E-2", "-5", "-0.5", "1e3", "- 3"]
)
word_literals = st.sampled_from(
    ['"gold"', '"a"', '""', '"5"', r'"a\"b"', r'"a\\b\n"', r'"\u00e9"', r'"\t"', r'"\q"', '"é"']
)
_ANY_LEAF = (
    number_literals
    | word_literals
    | st.sampled_from(["true", "false", "null", "nothing", "missing", "ok", "tags", "customer"])
)


def _noisy(usual: Texts) -> Texts:
    return st.integers(0, 9).flatmap(lambda chance: _ANY_LEAF if chance == 0 else usual)


@functools.cache
def number_texts(depth: int) -> Texts:
    """Return texts that give numbers, mostly."""
    leaves = number_literals | st.sampled_from([*NUMBERS, "customer.amount"])
    if depth == 0:
        return leaves
    inner, word, some = (_noisy(f(depth - 1)) for f in (number_texts, word_texts, list_texts))
    return st.one_of(
        leaves,
        st.builds("{}{}{}".format, inner, st.sampled_from([" + ", " - ", "*", " / ", "-"]), inner),
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
        st.builds("-({})".format, inner),
        st.builds("string length({})".format, word),
        st.builds(
            "{}({})".format,
            st.sampled_from(["sum", "min", "max", "mean", "product", "count"]),
            some,
        ),
        st.builds("{}({}, {})".format, st.sampled_from(["sum", "min", "max"]), inner, inner),
        st.builds("{}({})".format, st.sampled_from(["abs", "floor", "ceiling"]), inner),
        st.builds("modulo({}, {})".format, inner, inner),
        st.builds("number({})".format, word),
        st.builds("get or else({}, {})".format, inner, inner),
        st.builds("if {} then {} else {}".format, _noisy(truth_texts(depth - 1)), inner, inner),
    )


@functools.cache
def word_texts(depth: int) -> Texts:
    """Return texts that give texts, mostly."""
    leaves = word_literals | st.sampled_from([*WORDS, "customer.tier"])
    if depth == 0:
        return leaves
    inner = _noisy(word_texts(depth - 1))
    of_one = st.sampled_from(["upper case", "lower case", "trim", "string"])
    return st.one_of(
        leaves,
        st.builds("{} + {}".format, inner, inner),
        st.builds("{}({})".format, of_one, inner),
        st.builds("string({})".format, _noisy(number_texts(depth - 1))),
        st.builds(
            "substring {}({}, {})".format, st.sampled_from(["before", "after"]), inner, inner
        ),
        st.builds("get or else({}, {})".format, inner, inner),
        st.builds("(if {} then {} else {})".format, _noisy(truth_texts(depth - 1)), inner, inner),
    )


@functools.cache
def list_texts(depth: int) -> Texts:
    """Return texts that give lists, mostly."""
    leaves = st.sampled_from([*LISTS, "[]", "[1]", '["gold", "a"]', "[1, 2.5, -3]"])
    if depth == 0:
        return leaves
    items = _noisy(number_texts(depth - 1)) | _noisy(word_texts(depth - 1))
    return leaves | st.lists(items, max_size=3).map(lambda found: f"[{', '.join(found)}]")


@functools.cache
def truth_texts(depth: int) -> Texts:
    """Return texts that are true or false, mostly."""
    leaves = st.sampled_from(["true", "false", "ok"])
    if depth == 0:
        return leaves
    number, word, some, inner = (
        _noisy(f(depth - 1)) for f in (number_texts, word_texts, list_texts, truth_texts)
    )
    compared = st.sampled_from([" = ", " != ", " < ", "<=", " > ", ">="])
    of_two = st.sampled_from(["contains", "starts with", "ends with"])
    return st.one_of(
        leaves,
        st.builds("({}{}{})".format, number, compared, number),
        st.builds("{}{}{}".format, number, compared, number),
        st.builds("{}{}{}".format, word, compared, word),
        st.builds("({} between {} and {})".format, number, number, number),
        st.builds("{} in {}".format, number, ranges(number)),
        st.builds("{} in {}".format, word, ranges(word)),
        st.builds("{} in [{}, {}]".format, word, word, word),
        st.builds("{} in ({}, {})".format, number, _tests(number), _tests(number)),
        st.builds("{} in ({})".format, word, word | ranges(word)),
        st.builds("{} in {}".format, number, _tests(number) | some),
        st.builds("{}({}, {})".format, of_two, word, word),
        st.builds("list contains({}, {})".format, some, number | word),
        st.builds("{}({})".format, st.sampled_from(["is defined", "is blank", "count"]), word),
        st.builds("is empty({})".format, some),
        st.builds("{}({})".format, st.sampled_from(["even", "odd"]), number),
        st.builds("{}([{}, {}])".format, st.sampled_from(["all", "any"]), inner, inner),
        st.builds("not({})".format, inner),
        st.builds("{} {} {}".format, inner, st.sampled_from(["and", "or"]), inner),
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner),
    )


def ranges(ends: Texts) -> Texts:
    """Return ranges between ``ends``."""
    return st.builds(
        "{}{}..{}{}".format, st.sampled_from("[(]"), ends, ends, st.sampled_from("])[")
    )


def _tests(operands: Texts) -> Texts:
    sign = st.sampled_from(["<", "<= ", "> ", ">=", "= ", "!="])
    return operands | st.builds("{}{}".format, sign, operands) | ranges(operands)


def context_texts(depth: int) -> Texts:
    """Return contexts, such as a rule may lead to."""
    some = st.one_of(*(f(depth) for f in (number_texts, word_texts, truth_texts, list_texts)))
    key = st.sampled_from(["level", '"reason"', "amount"])
    entries = st.lists(st.builds("{}: {}".format, key, some), max_size=3)
    return entries.map(lambda found: "{" + ", ".join(found) + "}")


#: Whole expressions.
expressions = st.one_of(
    number_texts(2), word_texts(2), truth_texts(2), truth_texts(3), list_texts(2), context_texts(1)
)


def _asking(texts: Texts) -> Texts:
    """Return texts in which ``?`` stands for one of the variables."""
    names = st.sampled_from([*NUMBERS, *WORDS, "ok", "tags"])
    return st.builds(lambda text, name: text.replace(name, "?"), texts, names)


#: One test of a cell.
tests = st.one_of(
    _tests(number_literals),
    _tests(word_literals),
    _tests(_noisy(number_texts(1))),
    _tests(_noisy(word_texts(1))),
    st.sampled_from(["true", "false", "null", "ok", "(true)", "tags", "scores", "customer", "[5]"]),
    list_texts(1),
    _asking(truth_texts(2)),
    _asking(number_texts(1)),
    truth_texts(1),
)
#: Whole cells.
cells = st.one_of(
    st.just("-"),
    tests,
    st.lists(tests, min_size=1, max_size=3).map(", ".join),
    st.lists(tests, min_size=1, max_size=3).map(lambda found: f"not({', '.join(found)})"),
)
