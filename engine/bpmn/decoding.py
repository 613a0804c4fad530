"""Bytes of an XML file to text, before any parser sees them.

Decoding here, instead of in libxml2, lets one place look for a DOCTYPE whatever the encoding,
repair a wrong declaration, and tell people that they uploaded a ZIP archive or a web page. The
XML declaration is blanked out (lines stay where they were), so that the parser reads plain UTF-8.
"""

from __future__ import annotations

import codecs
import json
import re

from engine.bpmn.errors import UnreadableFileError
from engine.definitions import Problem, Severity

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: Other encodings have shapes that hide markup from a scan (UTF-7, EBCDIC); no modeler writes them.
_ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "utf-16": "utf-16",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "iso-8859-1": "iso-8859-1",
    "latin1": "iso-8859-1",
    "latin-1": "iso-8859-1",
    "iso-8859-15": "iso-8859-15",
    "windows-1252": "windows-1252",
    "cp1252": "windows-1252",
}
_DECLARATION = re.compile(r"<\?xml\s[^>]{0,300}?\?>")
_DECLARED = re.compile(rb"<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")


def decode(content: bytes) -> tuple[str, list[Problem]]:
    """Return the text of an XML file without declaration, and what had to be repaired.

    Raises:
        UnreadableFileError: no XML, an unknown encoding, or a DOCTYPE.
    """
    _refuse_other_formats(content)
    text, repairs = _text(content)
    text = text.lstrip("\ufeff")
    stripped = text.lstrip()
    if not stripped.startswith("<"):
        raise _not_xml("text that does not begin with '<'")
    declaration = _DECLARATION.match(stripped)
    if declaration:
        start = len(text) - len(stripped)
        blank = "\n" * text.count("\n", 0, start + declaration.end())
        text = blank + text[start + declaration.end() :]
    _refuse_doctype(text)
    return text, repairs


def _refuse_other_formats(content: bytes) -> None:
    head = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head:
        raise UnreadableFileError(
            "file-empty", "The file is empty.", "Save the diagram in the modeler and upload again."
        )
    lower = head.lower()
    if head.startswith(b"PK"):
        raise _not_xml("a ZIP archive", "Unpack it and upload the files inside.")
    if lower.startswith((b"<!doctype html", b"<html")):
        raise _not_xml(
            "a web page", "Download the file itself, not the page that shows it, and upload that."
        )
    if head[:1] in (b"{", b"[") and _is_json(content):
        raise _not_xml("JSON", "Forms end in .form; diagrams are BPMN 2.0 XML.")


def _is_json(content: bytes) -> bool:
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        return False
    return True


def _not_xml(what: str, cure: str = "Export the diagram as BPMN 2.0 XML.") -> UnreadableFileError:
    return UnreadableFileError("not-xml", f"The file is not XML but {what}.", cure, line=1)


def _text(content: bytes) -> tuple[str, list[Problem]]:
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return _strictly(content, encoding)
    if content[:4] in (b"<\0?\0", b"<\0b\0", b"<\0d\0"):
        return _strictly(content, "utf-16-le")
    if content[:4] in (b"\0<\0?", b"\0<\0b", b"\0<\0d"):
        return _strictly(content, "utf-16-be")
    found = _DECLARED.match(content.lstrip())
    declared = found.group(1).decode("ascii").lower() if found else "utf-8"
    encoding = _ENCODINGS.get(declared, "")
    if not encoding:
        raise UnreadableFileError(
            "encoding",
            f"The file says that its encoding is {declared}, which is not read.",
            "Save it as UTF-8.",
            line=1,
        )
    if encoding.startswith("utf-16"):
        # The declaration itself could be read byte by byte: a text made as UTF-16 in memory,
        # written as UTF-8. The bytes are right and the declaration is wrong.
        text, repairs = _strictly(content, "utf-8")
        return text, [_repair(f"The file says {declared} but is UTF-8; read as UTF-8."), *repairs]
    return _strictly(content, encoding)


def _strictly(content: bytes, encoding: str) -> tuple[str, list[Problem]]:
    try:
        return content.decode(encoding), []
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise UnreadableFileError(
                "encoding",
                f"The file is not valid {encoding}: byte {error.start + 1:,} fits no character.",
                "Save it as UTF-8.",
            ) from error
        text = content.decode("windows-1252", "replace")
        note = "The bytes are not in the declared encoding UTF-8; read as windows-1252."
        return text, [_repair(note)]


def _repair(message: str) -> Problem:
    return Problem(
        "encoding-repaired",
        Severity.INFO,
        None,
        1,
        message,
        "Save the file as UTF-8 to be sure that every letter is right.",
    )


def _refuse_doctype(text: str) -> None:
    """Look through what may stand before the outermost element; linear, no backtracking."""
    position = 0
    while True:
        position = text.find("<", position)
        if position < 0:
            return
        if text.startswith("<!--", position):
            position = _after(text, "-->", position + 4)
        elif text.startswith("<?", position):
            position = _after(text, "?>", position + 2)
        elif text.startswith("<!", position):
            raise UnreadableFileError(
                "doctype",
                "The file has a DOCTYPE, which diagrams never need and attacks do.",
                "Remove the line that begins with '<!DOCTYPE'.",
                line=text.count("\n", 0, position) + 1,
            )
        else:
            return


def _after(text: str, end: str, position: int) -> int:
    found = text.find(end, position)
    return found + len(end) if found >= 0 else len(text)
