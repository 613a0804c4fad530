"""Pictures of the shipped processes, drawn by the viewer that the pages use.

Run ``python -m tools.diagram`` after a shipped diagram has changed; it needs the front end's
packages (``make install``) and a Chromium. A diagram is wide, so it is cut into slices that can be
read on a page: ``processes/<name>/picture-1.png`` and so on. The bpmn.io mark stays visible. Each
picture records which diagram it shows, and a test fails when that is not the one beside it.
"""

from __future__ import annotations

import hashlib
import math
import struct
import zlib
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from processes import files, shipped
from tools import chromium

VIEWER = Path("webapp/frontend/node_modules/bpmn-js/dist/bpmn-viewer.production.min.js")
PAGE = "<body style='margin:0'><div id='canvas' style='width:100vw;height:100vh'></div>"
#: Width of a slice, and how much of it the next one repeats, in units of the diagram.
SLICE, OVERLAP, MARGIN = 2_300, 120, 20
#: The PNG begins with its signature and its header chunk; text chunks may follow.
_BEGINNING = 8 + 25
_KEYWORD = b"Source SHA-256\0"

_DRAW = """async xml => {
  window.viewer = new BpmnJS({container: '#canvas'});
  await viewer.importXML(xml);
  const {inner} = viewer.get('canvas').viewbox();
  return [inner.x, inner.y, inner.width, inner.height];
}"""
_SHOW = "([x, y, width, height]) => viewer.get('canvas').viewbox({x, y, width, height})"


def main() -> None:
    """Draw every shipped process anew."""
    executable = str(chromium.provide())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-gpu"]
        )
        for name in shipped():
            diagrams = [file for file in files(name) if file.suffix == ".bpmn"]
            for diagram in diagrams:
                draw(browser, diagram)
        browser.close()


def draw(browser: Any, diagram: Path) -> None:
    """Write the slices of ``diagram`` beside it."""
    for old in diagram.parent.glob("picture-*.png"):
        old.unlink()
    page = browser.new_page(viewport={"width": 1, "height": 1})
    page.set_content(PAGE)
    page.add_script_tag(path=str(VIEWER))
    x, y, width, height = page.evaluate(_DRAW, diagram.read_text(encoding="utf-8"))
    slices = max(1, math.ceil((width - OVERLAP) / (SLICE - OVERLAP)))
    part = math.ceil((width + OVERLAP * (slices - 1)) / slices)
    page.set_viewport_size({"width": part + 2 * MARGIN, "height": math.ceil(height) + 2 * MARGIN})
    for number in range(slices):
        left = x + number * (part - OVERLAP) - MARGIN
        page.evaluate(_SHOW, [left, y - MARGIN, part + 2 * MARGIN, height + 2 * MARGIN])
        picture = marked(page.screenshot(), diagram.read_bytes())
        diagram.with_name(f"picture-{number + 1}.png").write_bytes(picture)
    page.close()


def marked(picture: bytes, source: bytes) -> bytes:
    """Return a PNG with the SHA-256 of what it shows in a text chunk."""
    told = b"tEXt" + _KEYWORD + hashlib.sha256(source).hexdigest().encode()
    chunk = struct.pack(">I", len(told) - 4) + told + struct.pack(">I", zlib.crc32(told))
    return picture[:_BEGINNING] + chunk + picture[_BEGINNING:]


def shows(picture: bytes, source: bytes) -> bool:
    """Tell whether a PNG of :func:`marked` was made of exactly this source."""
    return _KEYWORD + hashlib.sha256(source).hexdigest().encode() in picture


if __name__ == "__main__":
    main()
