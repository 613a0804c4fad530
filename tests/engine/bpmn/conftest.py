"""Small drawings: BPMN documents from as few words as possible."""

from __future__ import annotations

from itertools import pairwise

import pytest

from engine.bpmn.reader import Document, read
from engine.bpmn.xml import B, Element
from engine.definitions import Source

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:corral="urn:corral:bpmn:1" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="defs">'
)


class Drawing:
    """Makes documents and looks into them."""

    def __call__(
        self, body: str, *paths: str, beside: str = "", attributes: str = 'isExecutable="true"'
    ) -> Document:
        """Return a document with the process ``p``.

        ``paths`` are ids with spaces, connected one after the other by flows ``a-b``; ``beside``
        stands next to the process.
        """
        text = self.text(body, *paths, beside=beside, attributes=attributes)
        return read(Source("drawing.bpmn", text.encode()))

    def text(
        self, body: str, *paths: str, beside: str = "", attributes: str = 'isExecutable="true"'
    ) -> str:
        """Return what such a document is read from."""
        flows = "".join(map(self.path, paths))
        process = f'<process id="p" {attributes}>{body}{flows}</process>'
        return f"{HEAD}{beside}{process}</definitions>"

    @staticmethod
    def path(ids: str) -> str:
        """Return the flows between ids that are separated by spaces."""
        steps = ids.split()
        return "".join(
            f'<sequenceFlow id="{a}-{b}" sourceRef="{a}" targetRef="{b}"/>'
            for a, b in pairwise(steps)
        )

    @staticmethod
    def find(found: Document, key: str) -> Element:
        """Return the element with that id."""
        element = found.root.find(f".//*[@id='{key}']")
        assert element is not None, key
        return element

    @staticmethod
    def all(found: Document, tag: str) -> list[Element]:
        """Return every BPMN element of that name."""
        return list(found.root.iter(B + tag))

    @staticmethod
    def arrows(found: Document) -> set[tuple[str, str]]:
        """Return source and target of every sequence flow."""
        return {
            (flow.get("sourceRef", ""), flow.get("targetRef", ""))
            for flow in found.root.iter(B + "sequenceFlow")
        }


@pytest.fixture
def drawing() -> Drawing:
    """Return the maker of drawings."""
    return Drawing()
