"""Hostile bytes are refused by limits, and what is no BPMN is called by its name.

No test measures time: each input is far above a limit that is checked before the work it would
cause, and a refusal is the proof.
"""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest

from engine.bpmn.errors import UnreadableFileError
from engine.bpmn.reader import Limits, read
from engine.bpmn.xml import BPMN_NAMESPACE, B
from engine.definitions import Severity, Source

ROOT = f'<definitions xmlns="{BPMN_NAMESPACE}">'
LAUGHS = (
    '<!DOCTYPE a [<!ENTITY l0 "ha">'
    + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    + "]>"
)


def refusal(content: bytes, limits: Limits | None = None) -> UnreadableFileError:
    with pytest.raises(UnreadableFileError) as caught:
        read(Source("upload.bpmn", content), limits)
    return caught.value


def zipped() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("p.bpmn", ROOT)
    return held.getvalue()


FLOODS = {
    "attributes": b"<a " + b" ".join(b'a%d=""' % number for number in range(200_000)) + b"/>",
    "open tags": b"<a>" * 1_000_000,
    "closed tags": ROOT.encode() + b"<a/>" * 1_000_000 + b"</definitions>",
    "brackets": b"[" * 3_000_000,
    "comment": b"<!--" + b"-" * 4_000_000,
    "declarations": b"<?xml " * 500_000,
    "instructions": b"<?p ?>" * 800_000,
    "namespaces on one": b"<a " + b" ".join(b'xmlns:a%d="u"' % n for n in range(50_000)) + b"/>",
    "namespaces on many": ROOT.encode()
    + b"".join(b'<a xmlns="urn:%d"/>' % n for n in range(50_000))
    + b"</definitions>",
    "text": b"<a>" + b"&amp;" * 900_000 + b"</a>",
    "attribute": b'<a b="' + b"x" * 4_900_000 + b'"/>',
    "name": b"<" + b"a" * 4_900_000 + b"/>",
    "zeros": b"\0" * 4_900_000,
    "nested character data": b"<a>" + b"<![CDATA[" * 500_000,
    "size": b"<a/>" * 2_000_000,
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("attack", FLOODS)
def test_a_flood_is_refused(attack: str) -> None:
    # given / when
    refused = refusal(FLOODS[attack])

    # then
    assert refused.problem.severity is Severity.ERROR
    assert refused.problem.cure
    assert len(refused.problem.message) < 500


DOCTYPES = [
    LAUGHS + f"{ROOT}&l9;</definitions>",
    f'<?xml version="1.0"?>\n<!-- <x> -->\n<!DOCTYPE a>{ROOT}</definitions>',
    f'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd">{ROOT}</definitions>',
    f'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>{ROOT}&e;</definitions>',
    f'<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:9/">%p;]>{ROOT}</definitions>',
    f"<?p <a> ?><!DOCTYPE a>{ROOT}</definitions>",
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("text", DOCTYPES)
def test_a_doctype_is_refused_wherever_it_hides(text: str, encoding: str) -> None:
    assert refusal(text.encode(encoding)).problem.rule == "doctype"


@pytest.mark.parametrize(
    "text", [f"{ROOT}<!DOCTYPE a></definitions>", f"{ROOT}</definitions><!DOCTYPE a>"]
)
def test_a_doctype_in_the_wrong_place_is_no_xml(text: str) -> None:
    assert refusal(text.encode()).problem.rule == "not-well-formed"


def test_an_undeclared_entity_is_refused() -> None:
    assert refusal(f"{ROOT}&e;</definitions>".encode()).problem.rule == "not-well-formed"


OTHERS = {
    "ZIP": zipped(),
    "gzip": gzip.compress(ROOT.encode()),
    "PDF": b"%PDF-1.7\n",
    "PNG": b"\x89PNG\r\n\x1a\n" + b"\0" * 50,
    "JPEG": b"\xff\xd8\xff\xe0" + b"\0" * 50,
    "GIF": b"GIF89a" + b"\0" * 50,
    "Visio document": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "web page": b"\n<!doctype HTML>\n<html>",
    "JSON": json.dumps({"stencilset": {}}).encode(),
    "zero bytes": b"<a>\0</a>",
    "BPMN 1": b'<definitions xmlns="http://schema.omg.org/spec/BPMN/1.1"/>',
    "XPDL": b'<Package xmlns="http://www.wfmc.org/2008/XPDL2.1"/>',
    "BPEL": b'<process xmlns="http://docs.oasis-open.org/wsbpel/2.0/process/executable"/>',
    "Visio drawing": b'<VisioDocument xmlns="http://schemas.microsoft.com/visio/2003/core"/>',
    "EPC": b'<epml:epml xmlns:epml="http://www.epml.de"/>',
    "ARIS": b"<AML/>",
    "ADONIS": b"<ADOXML/>",
    "CMMN": b'<definitions xmlns="http://www.omg.org/spec/CMMN/20151109/MODEL"/>',
    "Petri net": b'<pnml xmlns="http://www.pnml.org/version-2009/grammar/pnml"/>',
    "draw.io": b"<mxfile/>",
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "UML": b'<XMI xmi.version="1.1"/>',
    "DMN of a version before": b'<Definitions xmlns="http://www.omg.org/spec/DMN/20130901"/>',
    "'a' without a namespace": b"<a/>",
    "only a part of a BPMN file": f'<process xmlns="{BPMN_NAMESPACE}"/>'.encode(),
    "'definitions' has no namespace": b"<definitions/>",
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_bpmn_is_called_by_its_name(name: str) -> None:
    # given / when
    refused = refusal(OTHERS[name])

    # then
    assert name in refused.problem.message
    assert refused.problem.rule in ("not-xml", "not-bpmn")
    assert refused.problem.cure.endswith(".")


def test_nothing_outside_the_file_is_read(tmp_path: Path) -> None:
    # given
    secret = tmp_path / "secret.xml"
    secret.write_text('<secret xmlns="urn:x"/>')
    content = (
        f'<?xml version="1.0"?><?xml-stylesheet href="{secret.as_uri()}" type="text/xsl"?>'
        f'<definitions xmlns="{BPMN_NAMESPACE}" xmlns:xi="http://www.w3.org/2001/XInclude"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        f' xsi:schemaLocation="{BPMN_NAMESPACE} {secret.as_uri()}">'
        f'<import location="{secret.as_uri()}" namespace="urn:x" importType="urn:x"/>'
        f'<process id="p"><?p x?><xi:include href="{secret.as_uri()}"/></process></definitions>'
    )

    # when
    found = read(Source("upload.bpmn", content.encode()))

    # then
    assert not list(found.root.iter("{urn:x}secret"))
    assert all(isinstance(element.tag, str) for element in found.root.iter())


@pytest.mark.parametrize(
    "namespace",
    [
        "http://schema.omg.org/spec/BPMN/2.0",
        "http://www.omg.org/spec/BPMN/20100524/MODEL/",
        "https://www.omg.org/spec/BPMN/20100524/MODEL",
    ],
)
def test_bpmn_2_under_an_unofficial_namespace_is_read(namespace: str) -> None:
    # given
    content = f'<definitions xmlns="{namespace}">\n<process id="p"/></definitions>'

    # when
    found = read(Source("upload.bpmn", content.encode()))

    # then
    process = found.root.find(B + "process")
    assert process is not None
    assert process.sourceline == 2
    assert [problem.rule for problem in found.problems] == ["odd-namespace"]
