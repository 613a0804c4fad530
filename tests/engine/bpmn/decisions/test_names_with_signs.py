"""Names that hold signs are one name, with and without the sandbox."""

from __future__ import annotations

import pytest

from tests.engine.bpmn.decisions.drawing import decided, dmn, given, literal, requirements


@pytest.mark.parametrize("name", ["loan-ratio", "loan/ratio", "loan and ratio", "loan ratio"])
def test_a_name_with_signs_is_one_name(name: str) -> None:
    # given
    needs = requirements("i:x").replace("#x", f"#{name}")
    logic = f'<decision id="d" name="d">{needs}{literal(f"{name} = 5")}</decision>'

    # when
    found = decided(dmn(given(name) + logic), {name: 5})

    # then
    assert found.outputs is True
