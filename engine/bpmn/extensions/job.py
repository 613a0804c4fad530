"""``<corral:job type retries allIn>``: work for a job handler.

``<corral:input>`` make its payload, ``allIn="true"`` adds every variable. ``<corral:output>`` set
variables from its result, which they know as ``result``; without outputs the keys of the result
become variables.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.bpmn.expressions import Expression
from engine.bpmn.extensions.parameters import Parameters, parameters
from engine.bpmn.extensions.protocol import setting, whole_number
from engine.bpmn.xml import Element
from engine.jobs import DEFAULT_RETRIES


@dataclass(frozen=True, slots=True)
class JobSettings:
    """The settings of one job. ``type`` None is a draft: nobody could do it."""

    type: Expression | None = None
    retries: int = DEFAULT_RETRIES
    inputs: Parameters = ()
    outputs: Parameters = ()
    all_in: bool = False  #: the payload has every variable the element sees


class JobExtension:
    """Implements :class:`~.protocol.Extension`."""

    name = "job"
    hosts = frozenset(
        {
            "serviceTask",
            "sendTask",
            "businessRuleTask",
            "intermediateThrowEvent",
            "endEvent",
        }
    )
    attributes = frozenset({"type", "retries", "allIn"})
    children = frozenset({"input", "output"})

    def parse(self, element: Element, host: Element) -> JobSettings:
        """Return the settings; see :meth:`.protocol.Extension.parse`."""
        return JobSettings(
            type=setting(element, "type", host),
            retries=whole_number(element, "retries", host, usual=DEFAULT_RETRIES),
            inputs=parameters(element, "input", host),
            outputs=parameters(element, "output", host),
            all_in=element.get("allIn") == "true",
        )


EXTENSION = JobExtension()
