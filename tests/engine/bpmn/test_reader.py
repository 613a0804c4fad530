"""Uploads: what is read, what is repaired, and what is refused with a cure."""

from __future__ import annotations

import pytest

from engine.bpmn.errors import UnreadableFileError
from engine.bpmn.reader import Document, DocumentKind, Limits, read
from engine.bpmn.xml import B
from engine.definitions import Severity, Source

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def document(declared: str = "UTF-8", name: str = "Rücksendung") -> str:
    return (
        f'<?xml version="1.0" encoding="{declared}"?>\n'
        f'<definitions xmlns="{BPMN}">\n<process id="p" name="{name}"/>\n</definitions>'
    )


def refusal(content: bytes, limits: Limits | None = None) -> UnreadableFileError:
    with pytest.raises(UnreadableFileError) as caught:
        read(Source("upload.bpmn", content), limits)
    return caught.value


def name_of(found: Document) -> str | None:
    process = found.root.find(B + "process")
    assert process is not None
    return process.get("name")


@pytest.mark.parametrize(
    ("declared", "written"),
    [
        ("UTF-8", "utf-8"),
        ("UTF-8", "utf-8-sig"),
        ("UTF-16", "utf-16"),
        ("UTF-16", "utf-16-le"),
        ("UTF-16", "utf-16-be"),
        ("ISO-8859-1", "iso-8859-1"),
        ("windows-1252", "windows-1252"),
    ],
)
def test_given_an_encoding_that_modelers_write_when_read_then_every_letter_is_right(
    declared: str, written: str
) -> None:
    # given
    content = document(declared).encode(written)

    # when
    found = read(Source("upload.bpmn", content))

    # then
    assert name_of(found) == "Rücksendung"
    assert found.kind is DocumentKind.BPMN
    assert found.problems == ()


@pytest.mark.parametrize(("declared", "written"), [("UTF-8", "windows-1252"), ("UTF-16", "utf-8")])
def test_given_a_wrong_declaration_when_read_then_it_is_repaired_and_reported(
    declared: str, written: str
) -> None:
    # given
    content = document(declared).encode(written)

    # when
    found = read(Source("upload.bpmn", content))

    # then
    assert name_of(found) == "Rücksendung"
    assert [problem.severity for problem in found.problems] == [Severity.INFO]


def test_lines_are_those_of_the_uploaded_bytes() -> None:
    # given
    content = document().encode()

    # when
    process = read(Source("upload.bpmn", content)).root.find(B + "process")

    # then
    assert process is not None
    assert process.sourceline == 3


def test_a_decision_document_is_told_from_a_diagram() -> None:
    # given
    content = f'<definitions xmlns="{DMN}" id="d" name="d" namespace="x"/>'.encode()

    # when
    found = read(Source("upload.dmn", content))

    # then
    assert found.kind is DocumentKind.DMN


def test_an_odd_namespace_of_an_exporter_is_read_past() -> None:
    # given
    content = f'<definitions xmlns="{BPMN}" xmlns:x="not a uri"/>'.encode()

    # when
    found = read(Source("upload.bpmn", content))

    # then
    assert [problem.rule for problem in found.problems] == ["odd-namespace"]


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "file-empty"),
        (b" \n\t ", "file-empty"),
        (b"PK\x03\x04rest of an archive", "not-xml"),
        (b"<!DOCTYPE html><html></html>", "not-xml"),
        (b"<html><body/></html>", "not-xml"),
        (b'{"components": []}', "not-xml"),
        (b"just words", "not-xml"),
        (b"\x00\x01\x02", "not-xml"),
        (b"<definitions>", "not-well-formed"),
        (b"<a>&unknown;</a>", "not-well-formed"),
        (b"<a/>", "not-bpmn"),
        (b'<definitions xmlns="http://schema.omg.org/spec/BPMN/1.1"/>', "not-bpmn"),
        (b'<?xml version="1.0" encoding="UTF-7"?><a/>', "encoding"),
        (b'<?xml version="1.0" encoding="UTF-16"?><a>\xff\xfe</a>', "not-bpmn"),
    ],
)
def test_what_is_no_diagram_is_refused_with_a_cure(content: bytes, rule: str) -> None:
    # given / when
    refused = refusal(content)

    # then
    assert refused.problem.rule == rule
    assert refused.problem.severity is Severity.ERROR
    assert refused.problem.cure.endswith(".")
    assert "upload.bpmn" in str(refused)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-8-sig"])
def test_a_doctype_is_refused_in_any_encoding(encoding: str) -> None:
    # given
    text = '<?xml version="1.0"?>\n<!-- <x> -->\n<!DOCTYPE a [<!ENTITY e SYSTEM "file:///x">]><a/>'

    # when
    refused = refusal(text.encode(encoding))

    # then
    assert refused.problem.rule == "doctype"
    assert refused.problem.line == 3


def test_the_word_doctype_in_a_comment_or_a_text_is_harmless() -> None:
    # given
    text = document(name="see &lt;!DOCTYPE").replace("?>", "?><!-- <!DOCTYPE x> -->", 1)

    # when
    found = read(Source("upload.bpmn", text.encode()))

    # then
    assert name_of(found) == "see <!DOCTYPE"


def nested(depth: int) -> bytes:
    opening = "".join(f'<subProcess id="s{level}">' for level in range(depth))
    body = f'<process id="p">{opening}{"</subProcess>" * depth}</process>'
    return f'<definitions xmlns="{BPMN}">{body}</definitions>'.encode()


def test_fifty_sub_processes_inside_each_other_are_read() -> None:
    # given / when
    found = read(Source("upload.bpmn", nested(50)))

    # then
    assert len(list(found.root.iter(B + "subProcess"))) == 50


@pytest.mark.parametrize("depth", [199, 230, 100_000])
def test_a_file_that_is_too_deep_is_refused(depth: int) -> None:
    # given / when
    refused = refusal(nested(depth))

    # then
    assert refused.problem.rule == "too-deep"


def test_a_file_above_the_limit_is_refused_before_it_is_parsed() -> None:
    # given
    content = b"<" * 100

    # when
    refused = refusal(content, Limits(size=99))

    # then
    assert refused.problem.rule == "file-too-large"
    assert "at most 99" in str(refused)


def test_more_elements_than_the_limit_are_refused() -> None:
    # given
    content = document().replace("</definitions>", "<process/>" * 20 + "</definitions>").encode()

    # when
    refused = refusal(content, Limits(elements=20))

    # then
    assert refused.problem.rule == "too-many-elements"
