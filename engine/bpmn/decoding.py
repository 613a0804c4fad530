"""Bytes of an XML file to text, before any parser sees them.

Decoding here, instead of in libxml2, lets one place look for a DOCTYPE whatever the encoding,
repair a wrong declaration, and tell people that they uploaded a ZIP archive or a web page. The
XML declaration is blanked out (lines stay where they were), so that the parser reads plain UTF-8.
"""

from __future__ import annotations

import codecs
import contextlib
import json
import re

from engine.bpmn.errors import UnreadableFileError
from engine.definitions import Problem, Severity

#: UTF-32 first: its little-endian mark begins with that of UTF-16.
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: What may be declared, by the names Python gives it. Left out are encodings whose bytes do not
#: look like markup where markup is (UTF-7, EBCDIC, HZ, ISO-2022): no modeler writes them, and
#: they serve to smuggle text past whoever scans the file.
_ENCODINGS = frozenset(
    {"ascii", "utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"}
    | {f"iso8859-{part}" for part in range(1, 17) if part != 12}
    | {f"cp{page}" for page in (*range(1250, 1259), 437, 850, 852, 855, 857, 858, 866, 874)}
    | {"shift_jis", "shift_jis_2004", "shift_jisx0213", "cp932", "euc_jp", "euc_jis_2004"}
    | {"gb2312", "gbk", "gb18030", "big5", "big5hkscs", "cp950", "euc_kr", "cp949"}
    | {"koi8-r", "koi8-u", "koi8-t", "tis-620", "kz1048", "ptcp154", "hp-roman8"}
    | {"mac-roman", "mac-latin2", "mac-cyrillic", "mac-greek", "mac-turkish", "mac-iceland"}
)
#: Names that XML files use and Python does not know.
_ALIASES = {
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "macintosh": "mac-roman",
    "x-mac-roman": "mac-roman",
    "x-gbk": "gbk",
    "windows-936": "gbk",
    "windows-949": "cp949",
    "ks_c_5601-1987": "cp949",
    "unicode": "utf-16",
}
#: How text begins, by the bytes of «<» and the character after it, where there is no mark.
_WIDE = (
    (re.compile(rb"<\0\0\0[^\0]\0\0\0"), "utf-32-le"),
    (re.compile(rb"\0\0\0<\0\0\0[^\0]"), "utf-32-be"),
    (re.compile(rb"<\0[^\0]\0"), "utf-16-le"),
    (re.compile(rb"\0<\0[^\0]"), "utf-16-be"),
)
#: First bytes of what people upload by mistake, what it is, and what to do.
_XML_PLEASE = "Export the diagram as BPMN 2.0 XML."
_OTHER_FORMATS = (
    (b"PK", "a ZIP archive", "Unpack it and upload the files inside."),
    (b"\x1f\x8b", "a gzip archive", "Unpack it and upload the file inside."),
    (b"7z\xbc\xaf", "a 7z archive", "Unpack it and upload the files inside."),
    (b"Rar!", "a RAR archive", "Unpack it and upload the files inside."),
    (b"%PDF", "a PDF document", _XML_PLEASE),
    (b"\x89PNG", "a PNG picture", _XML_PLEASE),
    (b"\xff\xd8\xff", "a JPEG picture", _XML_PLEASE),
    (b"GIF8", "a GIF picture", _XML_PLEASE),
    (b"\xd0\xcf\x11\xe0", "an old Office or Visio document", _XML_PLEASE),
    (b"{\\rtf", "a text document (RTF)", _XML_PLEASE),
    (b"\x4c\x6f\xa7\x94", "a file in EBCDIC", "Save it as UTF-8."),
    (b"+ADw-", "a file in UTF-7", "Save it as UTF-8."),
)
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
    if "\0" in text:
        raise _not_xml("a file with zero bytes", "Save it again in the modeler, as BPMN 2.0 XML.")
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
    for beginning, what, cure in _OTHER_FORMATS:
        if head.startswith(beginning):
            raise _not_xml(what, cure)
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


def _not_xml(what: str, cure: str = _XML_PLEASE) -> UnreadableFileError:
    return UnreadableFileError("not-xml", f"The file is not XML but {what}.", cure, line=1)


def _text(content: bytes) -> tuple[str, list[Problem]]:
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return _strictly(content, encoding)
    for beginning, encoding in _WIDE:
        if beginning.match(content):
            return _strictly(content, encoding)
    found = _DECLARED.match(content.lstrip())
    declared = found.group(1).decode("ascii") if found else "utf-8"
    encoding = _encoding(declared)
    if encoding.startswith(("utf-16", "utf-32")):
        # The declaration itself could be read byte by byte: a text made as UTF-16 in memory,
        # written as UTF-8. The bytes are right and the declaration is wrong.
        text, repairs = _strictly(content, "utf-8")
        return text, [_repair(f"The file says {declared} but is UTF-8; read as UTF-8."), *repairs]
    return _strictly(content, encoding)


def _encoding(declared: str) -> str:
    """Return Python's name of a declared encoding; refuse what is unknown or not read."""
    try:
        name = codecs.lookup(_ALIASES.get(declared.lower(), declared)).name
    except LookupError:
        name = ""
    if name not in _ENCODINGS:
        raise UnreadableFileError(
            "encoding",
            f"The file says that its encoding is {declared}, which is not read.",
            "Save it as UTF-8.",
            line=1,
        )
    return "utf-8" if name == "ascii" else name


def _strictly(content: bytes, encoding: str) -> tuple[str, list[Problem]]:
    try:
        return content.decode(encoding), []
    except UnicodeDecodeError as error:
        if encoding == "utf-8":
            text = content.decode("windows-1252", "replace")
            note = "The bytes are not in the declared encoding UTF-8; read as windows-1252."
            return text, [_repair(note)]
        with contextlib.suppress(UnicodeDecodeError):
            note = f"The file says {encoding} but is UTF-8; read as UTF-8."
            return content.decode("utf-8"), [_repair(note)]
        raise UnreadableFileError(
            "encoding",
            f"The file is not valid {encoding}: byte {error.start + 1:,} fits no character.",
            "Save it as UTF-8.",
        ) from error


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
