"""What there is to read about findings that come from no rule, pass or dialect of their own.

They are made while a file is read, while normal form is compiled, and by the readers of decision
tables and forms. Each text is written like the docstring of a rule: what is wrong, why it matters,
what to do.
"""

from __future__ import annotations

from typing import NamedTuple


class Finding(NamedTuple):
    """The page of one finding."""

    #: Every severity it may have, the gravest first.
    severities: tuple[str, ...]
    text: str


def _error(text: str) -> Finding:
    return Finding(("error",), text)


def _draft(text: str) -> Finding:
    return Finding(("draft",), text)


#: Found while bytes become a document; the file is refused, but for what could be repaired.
READING = {
    "doctype": _error(
        "The file has a DOCTYPE.\n\nDiagrams need none. It could make a reader fetch other files, "
        "or grow a small upload to gigabytes. Remove the line that begins with `<!DOCTYPE`."
    ),
    "encoding": _error(
        "The encoding of the file is not known, or its bytes do not fit it.\n\nLetters would come "
        "out wrong. Save the file as UTF-8; every encoding that XML tools commonly write is read."
    ),
    "encoding-repaired": Finding(
        ("info",),
        "The file says that it has another encoding than it has.\n\nIt was read by what it is. "
        "Save it as UTF-8 to be sure that every letter is right.",
    ),
    "file-empty": _error(
        "The file is empty.\n\nThe download or export was probably cut off. Save the diagram in "
        "the modeler and upload it again."
    ),
    "file-too-large": _error(
        "The file is larger than files may be.\n\nThe limit is a setting (5 MB unless it was "
        "changed). Remove embedded pictures and unused parts, or split the diagram."
    ),
    "not-bpmn": _error(
        "The file is XML, and neither BPMN 2.0 nor DMN.\n\nBPMN 1.x, XPDL, EPC and drawings of "
        "office programs are recognised and named. Export the diagram as BPMN 2.0 XML."
    ),
    "not-well-formed": _error(
        "The file is not well-formed XML.\n\nA tag is not closed, or a sign is not allowed at the "
        "line shown. Export the file again, or repair that line in a text editor."
    ),
    "not-xml": _error(
        "The file is something else than XML: an archive, a picture, a page.\n\nUpload the file "
        "that the modeler exports as BPMN 2.0 XML, not the archive or page around it."
    ),
    "odd-namespace": Finding(
        ("info",),
        "The name of a namespace is no valid address.\n\nIt was read all the same; only "
        "extensions of that namespace are concerned.",
    ),
    "too-deep": _error(
        "Elements are nested hundreds deep.\n\nNo diagram needs that, and readers could be made "
        "to fail by it. Export the diagram again from the modeler."
    ),
    "too-many-attributes": _error(
        "An element has very many attributes.\n\nNo diagram needs that, and readers could be kept "
        "busy by it. Export the diagram again from the modeler."
    ),
    "too-many-elements": _error(
        "The file has very many elements.\n\nNobody could read such a diagram, and checking it "
        "would keep others waiting. Split it into processes that call each other."
    ),
    "too-many-processes": _error(
        "The file holds very many processes.\n\nEach becomes a definition of its own, with "
        "versions. Put those that talk to each other into one file, and the others into files of "
        "their own."
    ),
    "identifier-too-long": _error(
        "An id, or the name of a message or signal, is very long.\n\nInstances are looked up by "
        "it, and an index of a database has no room for more. Shorten it."
    ),
    "too-many-namespaces": _error(
        "The file declares very many namespaces.\n\nNo diagram needs that, and readers could be "
        "kept busy by it. Export the diagram again from the modeler."
    ),
    "not-understood": _draft(
        "Corral failed while it looked at the drawing.\n\nThe fault is ours. The file is kept as a "
        "drawing. Send it to us, and try without its latest changes meanwhile."
    ),
}

#: Found in the list of files that are deployed together.
DEPLOYING = {
    "defined-twice": _error(
        "Two files of a deployment define the same process or decision.\n\nNobody could tell which "
        "of them counts. Leave one of the files out, or give one of the two another id."
    ),
    "file-name-twice": _error(
        "Two files of a deployment have the same name.\n\nProblems are shown by file, so names "
        "must differ. Give each file a name of its own."
    ),
    "nothing-to-deploy": _error(
        "A deployment holds no file.\n\nThere is nothing to make current. Give at least one file."
    ),
}

#: Found while normal form is compiled to what runs.
COMPILING = {
    "calendar-missing": _draft(
        "A timer names a business calendar that the process does not have.\n\nIts due date cannot "
        "be told. Add `<corral:calendar>` with that name to the process, or correct the name."
    ),
    "compensation-without-handler": _draft(
        "A compensation event leads to no activity.\n\nNothing would be undone. Draw an "
        "association from it to the activity that undoes the work.\n\nSource: BPMN 2.0.2, 10.7."
    ),
    "cron-weekday-number": Finding(
        ("warning",),
        "A cron text gives a day of the week as a number.\n\nTools count from Sunday as 0 or as "
        "1, so it may be a day off. Write MON to SUN.",
    ),
    "date-without-offset": Finding(
        ("warning",),
        "A date does not say its offset from UTC.\n\nIt is read in the zone of the timer. Add the "
        "offset (`Z`, `+01:00`), or name the zone on the timer.",
    ),
    "expression-not-compilable": Finding(
        ("error", "draft"),
        "An expression or script does not compile.\n\nThe message says where and why. "
        "In a diagram drawn for Corral (it declares our namespace) it is a slip, so the upload is "
        "refused; elsewhere it may be a remark or a language that is not known here, so the "
        "drawing is kept as a draft until somebody supplies the expression. In a decision (an "
        "expression, a cell, an output, an allowed value) nothing but null would come of it, so "
        "the upload is refused.",
    ),
    "instances-missing": _draft(
        "A multi-instance activity does not say how many times it runs.\n\nGive a number "
        "(`loopCardinality`), or the list whose items it runs for (`loopDataInputRef`)."
        "\n\nSource: BPMN 2.0.2, 10.3.8."
    ),
    "loop-maximum": _draft(
        "The maximum of a loop is no whole number from 0 on.\n\nNobody can tell when it ends. "
        "Correct `loopMaximum`, or leave it out.\n\nSource: BPMN 2.0.2, 10.3.8."
    ),
    "loop-without-end": _draft(
        "A loop has neither a condition nor a maximum.\n\nIt would run for ever. Write the "
        "condition under which it runs again.\n\nSource: BPMN 2.0.2, 10.3.8."
    ),
    "mapping-not-run": _draft(
        "Inputs and outputs are written on an event that cannot have variables of its own.\n\n"
        "They would have no effect. Compute the values in a script task in front of the event."
    ),
    "name-computed": _draft(
        "The name of a message or signal, or the code of an error, is an expression.\n\n"
        "Names and codes decide what starts and continues instances, so they are known before one "
        "runs. Write the name itself; a correlation key tells instances apart."
    ),
    "start-needs-all": _error(
        "A process is to be started by several triggers that all have to happen.\n\nNothing would "
        "hold the first ones while there is no instance. Start it by one of them, and wait for the "
        "others inside."
    ),
    "start-time-unknown": _draft(
        "The timer of a start event needs variables to know its time.\n\nThere are none before the "
        "process starts. Write the time itself, or an expression without variables."
    ),
    "timer-not-readable": Finding(
        ("error", "draft"),
        "The time of a timer cannot be read.\n\nTimes are written as ISO 8601 dates, durations "
        "and cycles (`PT15M`, `R3/PT1H`) or as cron. An error in a diagram drawn for Corral; a "
        "draft elsewhere, where it is often a remark such as *two days*.",
    ),
    "trigger-not-run": _error(
        "An event has a trigger that cannot be run.\n\nUse a message, timer, signal, error, "
        "escalation, condition or compensation."
    ),
}

#: Found while decisions and forms are read.
BESIDE = {
    "decision-table": Finding(
        ("error", "draft", "warning"),
        "A decision, or its table, cannot be used as it is.\n\nThe message names what is wrong: a "
        "hit policy that is not known, a row that is too short, logic that is missing, a function "
        "in Java or PMML, a requirement that leads nowhere or in a circle, a missing id. Correct "
        "it in the editor of decisions; other files it requires are deployed with it.",
    ),
    "form-component": Finding(
        ("error", "warning"),
        "A component of a form is not known, or is not shown.\n\nAgents would miss a field. Use "
        "one of the components that the message lists; buttons come with the page.",
    ),
    "form-condition": _error(
        "The condition under which a component is hidden does not compile.\n\nNobody can tell when "
        "it is shown. Correct the condition."
    ),
    "form-json": _error(
        "A form cannot be read.\n\nIt is no JSON, or not the schema that form-js writes. Export it "
        "again from the form editor."
    ),
    "form-key": _error(
        "A field has no key, or one that is taken or no variable.\n\nAnswers are stored under the "
        "key. Use letters, digits and `_`, beginning with a letter, and each key once."
    ),
    "form-limit": _error(
        "The limit of a field is no number.\n\nAnswers could not be checked. Give a number."
    ),
    "form-pattern": _error(
        "The pattern of a field is refused.\n\nIt cannot be read, or could take for ever on a long "
        "answer. Write a simpler pattern."
    ),
    "form-values": _error(
        "A field with options has none, or some that cannot be read.\n\nThere would be nothing to "
        "choose. List its values, or name the variable that holds them."
    ),
}
OTHERS: dict[str, Finding] = {**READING, **DEPLOYING, **COMPILING, **BESIDE}
