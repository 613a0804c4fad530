"""Bytes to a checked document: the only way an upload reaches a parser.

An upload is untrusted. Its bytes are decoded here and handed to libxml2 as UTF-8 without a
DOCTYPE, without entities, without network; then size, depth and number of attributes are checked.
What is refused is refused with one sentence and a cure. Two faults that modelers really write are
repaired and reported as ``info``: a wrong encoding declaration and an odd namespace URI.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lxml import etree

from engine.bpmn.decoding import decode
from engine.bpmn.errors import UnreadableFileError
from engine.bpmn.foreign import recognised, unofficial_bpmn
from engine.bpmn.xml import BPMN_NAMESPACE, B, Element, line_of
from engine.definitions import Problem, Severity, Source

#: Namespaces of DMN 1.1 to 1.5, all with the same decision tables.
DMN_NAMESPACES = frozenset(
    {
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20151101/dmn11.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    }
)


#: Messages and signals go where their name says, in every instance.
_FOUND_BY_NAME = frozenset({"message", "signal"})


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of an upload is looked at."""

    size: int = 5 * 1024 * 1024  #: bytes of the file
    depth: int = 200  #: elements inside each other
    elements: int = 100_000  #: 5 MB of a real diagram hold some 60,000
    attributes: int = 500  #: of one element
    namespaces: int = 200  #: different ones; a diagram that passed through many hands has 30
    parts: int = 15_000  #: elements of BPMN itself, shapes not counted; large drawings have 1,000
    cells: int = 50_000  #: the same of DMN
    repeated: int = 100  #: elements with the id of another one: each costs a look at all flows
    processes: int = 200  #: each becomes a definition
    identifier: int = 255  #: characters of an id, and of what is found by its name


class DocumentKind(StrEnum):
    """What a document describes."""

    BPMN = "bpmn"
    DMN = "dmn"


@dataclass(frozen=True, slots=True)
class Document:
    """One parsed file. Passes change ``root`` in place; the uploaded bytes stay as they are."""

    name: str  #: of the file
    kind: DocumentKind
    root: Element
    problems: tuple[Problem, ...] = ()  #: what had to be repaired to read it


def read(source: Source, limits: Limits | None = None) -> Document:
    """Return the document that ``source`` holds.

    Raises:
        UnreadableFileError: it is empty, too large, too deep, not XML, or neither BPMN 2.0 nor
            DMN. Its ``problem`` is what linting shows.
    """
    bounds = limits or Limits()
    if len(source.content) > bounds.size:
        raise UnreadableFileError(
            "file-too-large",
            f"The file has {len(source.content):,} bytes; at most {bounds.size:,} are read.",
            "Remove embedded pictures and unused parts, or split it into several files.",
            file=source.name,
        )
    try:
        text, repairs = decode(source.content)
        root, odd = _parse(text)
        _check_size(root, bounds)
        odd += _renamed(root)
        kind = _kind(root)
        _check_parts(root, bounds)
    except UnreadableFileError as error:
        known = error.problem
        raise UnreadableFileError(
            known.rule, known.message, known.cure, line=known.line, file=source.name
        ) from error
    return Document(source.name, kind, root, tuple(repairs + odd))


def _parser(*, recover: bool = False) -> etree.XMLParser:
    """Return a parser that resolves, loads and fetches nothing."""
    return etree.XMLParser(
        encoding="utf-8",
        recover=recover,
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )


def _parse(text: str) -> tuple[Element, list[Problem]]:
    data = text.encode("utf-8", "surrogatepass")
    try:
        return etree.fromstring(data, _parser()), []
    except etree.XMLSyntaxError as error:
        line, reason = error.lineno, _without_place(error.msg or "")
        if reason.startswith("Excessive depth"):
            raise _too_much("too-deep", "elements hundreds deep", line) from error
        if "is not a valid URI" in reason or "is not absolute" in reason:
            root = _recovered(data)
            if root is not None:
                return root, [_odd_namespace(line, reason)]
        raise UnreadableFileError(
            "not-well-formed",
            f"The file is not well-formed XML: {reason}.",
            "Export it again from the modeler, or repair that line in a text editor.",
            line=line or None,
        ) from error


def _recovered(data: bytes) -> Element | None:
    """Parse once more past an odd namespace URI; None when something else is wrong as well."""
    parser = _parser(recover=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return None
    faults = {entry.type_name for entry in parser.error_log}
    return root if faults <= {"NS_ERR_INVALID_URI", "WAR_NS_URI", "WAR_NS_URI_RELATIVE"} else None


def _odd_namespace(line: int | None, reason: str) -> Problem:
    return Problem(
        "odd-namespace",
        Severity.INFO,
        None,
        line,
        f"A namespace is odd: {reason}. It was read all the same.",
        "Nothing to do.",
    )


def _without_place(message: str) -> str:
    """Cut ``, line 3, column 7`` off a message of libxml2: problems carry the line apart."""
    return message.partition(", line ")[0].strip().rstrip(".")


def _check_size(root: Element, limits: Limits) -> None:
    """Refuse what is too deep, too wide or too much; iterative, because the file is hostile."""
    count = 0
    depth = 0
    namespaces: set[str] = set()
    for action, element in etree.iterwalk(root, events=("start", "end", "start-ns")):
        if action == "end":
            depth -= 1
            continue
        if action == "start-ns":
            namespaces.add(element[1])
            if len(namespaces) > limits.namespaces:
                what = f"more than {limits.namespaces} namespaces"
                raise _too_much("too-many-namespaces", what, None)
            continue
        depth += 1
        count += 1
        if depth > limits.depth:
            what = f"elements more than {limits.depth} deep"
            raise _too_much("too-deep", what, line_of(element))
        if len(element.attrib) > limits.attributes:
            what = f"an element with {len(element.attrib):,} attributes"
            raise _too_much("too-many-attributes", what, line_of(element))
        if count > limits.elements:
            what = f"more than {limits.elements:,} elements"
            raise _too_much("too-many-elements", what, line_of(element))


def _check_parts(root: Element, limits: Limits) -> None:
    """Refuse more than can be looked at in a moment, and ids no database has room to look up."""
    inside = f"{{{etree.QName(root).namespace}}}"
    most, language = (limits.parts, "BPMN") if inside == B else (limits.cells, "DMN")
    processes = 0
    seen: set[str] = set()
    again = 0
    for parts, element in enumerate(root.iter(inside + "*"), start=1):
        if parts > most:
            what = f"more than {most:,} elements of {language}"
            raise _too_much("too-many-elements", what, line_of(element))
        word = etree.QName(element).localname
        key = element.get("id")
        again += key in seen
        if again > limits.repeated:
            raise _repeated(limits.repeated, line_of(element))
        if key is not None:
            seen.add(key)
        processes += word == "process"
        if processes > limits.processes:
            what = f"more than {limits.processes:,} processes"
            raise _too_much("too-many-processes", what, line_of(element))
        for attribute in ("id", "name") if word in _FOUND_BY_NAME else ("id",):
            if len(element.get(attribute, "")) > limits.identifier:
                raise _too_long(word, attribute, limits.identifier, line_of(element))


def _repeated(most: int, line: int | None) -> UnreadableFileError:
    return UnreadableFileError(
        "duplicate-id",
        f"More than {most} elements have the id of another one.",
        "Give each element its own id; most modelers do so when the file is saved again.",
        line=line,
    )


def _too_long(word: str, attribute: str, most: int, line: int | None) -> UnreadableFileError:
    return UnreadableFileError(
        "identifier-too-long",
        f"The {attribute} of a '{word[:80]}' has more than {most:,} characters.",
        "Shorten it: texts for people belong into the documentation of the element.",
        line=line,
    )


def _too_much(rule: str, what: str, line: int | None) -> UnreadableFileError:
    return UnreadableFileError(
        rule,
        f"The file has {what}: no diagram needs that.",
        "Split the diagram, or export it again from the modeler.",
        line=line,
    )


def _renamed(root: Element) -> list[Problem]:
    """Give BPMN 2.0 under an unofficial namespace its own, in place."""
    namespace = unofficial_bpmn(root)
    if namespace is None or namespace == BPMN_NAMESPACE:
        return []
    line = line_of(root)
    for element in root.iter("{" + namespace + "}*"):
        element.tag = B + etree.QName(element).localname
    return [_odd_namespace(line, f"{namespace} is not that of BPMN 2.0")]


def _kind(root: Element) -> DocumentKind:
    name = etree.QName(root)
    if name.localname == "definitions" and name.namespace == BPMN_NAMESPACE:
        return DocumentKind.BPMN
    if name.localname == "definitions" and name.namespace in DMN_NAMESPACES:
        return DocumentKind.DMN
    if name.namespace == BPMN_NAMESPACE:
        raise UnreadableFileError(
            "not-bpmn",
            f"This is only a part of a BPMN file: '{name.localname[:80]}' without 'definitions'.",
            "Export the whole diagram, or put <definitions> around it.",
            line=line_of(root),
        )
    if name.localname == "definitions" and name.namespace is None:
        raise UnreadableFileError(
            "not-bpmn",
            "The outermost element 'definitions' has no namespace, so it may mean anything.",
            f'Write <definitions xmlns="{BPMN_NAMESPACE}"> for BPMN 2.0.',
            line=line_of(root),
        )
    known = recognised(root)
    if known is not None:
        language, cure = known
        raise UnreadableFileError("not-bpmn", f"This is {language}.", cure, line=line_of(root))
    where = f" of the namespace {name.namespace}" if name.namespace else " without a namespace"
    raise UnreadableFileError(
        "not-bpmn",
        f"The file is neither BPMN 2.0 nor DMN: its outermost element is "
        f"'{name.localname[:80]}'{where[:200]}.",
        "Export the diagram as BPMN 2.0 XML, or the table as DMN 1.1 or later.",
        line=line_of(root),
    )
