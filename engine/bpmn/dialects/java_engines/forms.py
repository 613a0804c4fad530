"""Forms that are listed field by field on a user task: ``formData`` and ``formProperty``."""

from __future__ import annotations

from typing import Any

from engine.bpmn.dialects.embedding import embed
from engine.bpmn.dialects.settings import Settings, inner
from engine.bpmn.dialects.writing import put
from engine.bpmn.problems import Findings
from engine.bpmn.xml import Element, process_of

_COMPONENTS = {
    "string": "textfield",
    "long": "number",
    "integer": "number",
    "int": "number",
    "double": "number",
    "float": "number",
    "boolean": "checkbox",
    "date": "datetime",
    "enum": "select",
}
_LIMITS = {"minlength": "minLength", "maxlength": "maxLength", "min": "min", "max": "max"}


def translate(settings: Settings, findings: Findings) -> None:
    """Write the fields of a user task as a form inside the diagram."""
    host = settings.element
    listed = [field for data in settings.take("formData") for field in inner(data, "formField")]
    listed += settings.take("formProperty")
    process = process_of(host)
    if not listed or process is None:
        return
    key = f"{process.get('id') or 'process'}.{host.get('id') or 'form'}"
    components = [_component(field, host, findings) for field in listed]
    form = {"type": "default", "id": key, "components": components}
    embed(process, key, form)
    put(host, "userTask", form=key)


def _component(field: Element, host: Element, findings: Findings) -> dict[str, Any]:
    kind = (field.get("type") or "string").strip().lower()
    key = field.get("variable") or field.get("id") or ""
    component: dict[str, Any] = {
        "type": _COMPONENTS.get(kind, "textfield"),
        "key": key,
        "label": field.get("label") or field.get("name") or key,
    }
    if kind not in _COMPONENTS:
        findings.info(host, f"The field '{key}' of the type '{kind}' is a text.", "Nothing to do.")
    if kind in ("long", "integer", "int"):
        component["decimalDigits"] = 0
    if kind == "date":
        component.update(subtype="date", dateLabel=component["label"])
    if kind == "enum":
        values = [
            one for holder in (field, *inner(field, "values")) for one in inner(holder, "value")
        ]
        component["values"] = [
            {"value": one.get("id") or "", "label": one.get("name") or one.get("id") or ""}
            for one in values
        ]
    _set_default(component, field, kind, host, findings)
    _set_rules(component, field, host, findings)
    return component


def _set_default(
    component: dict[str, Any], field: Element, kind: str, host: Element, findings: Findings
) -> None:
    text = field.get("defaultValue") or field.get("default") or field.get("expression") or ""
    if not text:
        return
    if "${" in text or "#{" in text:
        findings.warning(
            host,
            f"The field '{component['key']}' has a computed default: '{text:.60}'.",
            f"Set the variable '{component['key']}' before the user task: its value is shown.",
        )
        return
    value: Any = text
    if kind == "boolean":
        value = text.strip().lower() == "true"
    elif component["type"] == "number":
        value = _number(text)
    elif kind == "date":
        value = _date(text)
    if value is not None:
        component["defaultValue"] = value


def _set_rules(
    component: dict[str, Any], field: Element, host: Element, findings: Findings
) -> None:
    rules: dict[str, Any] = {}
    if field.get("required") == "true":
        rules["required"] = True
    if field.get("writable") == "false":
        component["readonly"] = True
    for validation in inner(field, "validation"):
        for constraint in inner(validation, "constraint"):
            name, value = constraint.get("name") or "", constraint.get("config") or ""
            if name == "required":
                rules["required"] = value != "false"
            elif name == "readonly":
                component["readonly"] = value != "false"
            elif name in _LIMITS and _number(value) is not None:
                rules[_LIMITS[name]] = _number(value)
            else:
                findings.draft(
                    host,
                    f"The field '{component['key']}' is checked by '{name}', unknown here.",
                    "Draw a form of its own with a pattern or limits instead.",
                )
    if rules:
        component["validate"] = rules


def _number(text: str) -> int | float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def _date(text: str) -> str | None:
    """Return a date as ISO 8601; these engines write ``31/12/2026`` unless told otherwise."""
    day, _, rest = text.partition("/")
    month, _, year = rest.partition("/")
    if day.isdigit() and month.isdigit() and len(year) == 4 and year.isdigit():
        return f"{year}-{month:0>2}-{day:0>2}"
    return text[:10] if len(text) >= 10 and text[4:5] == "-" else None


__all__ = ["translate"]
