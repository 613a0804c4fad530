"""The built front end, as templates ask for it."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from apiflask import APIFlask

from webapp import assets

WEBAPP = Path(assets.__file__).parent
NAMED = re.compile(r"""icon\(\s*["']([a-z0-9-]+)["']""")


def test_a_hashed_file_may_be_kept_for_a_year(app: APIFlask) -> None:
    # given
    with app.test_request_context():
        address = assets.asset("main.css")

    # when
    answer = app.test_client().get(address)

    # then
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]


def test_an_unknown_asset_says_what_to_do(app: APIFlask) -> None:
    with app.test_request_context(), pytest.raises(assets.FrontEndMissingError) as refusal:
        assets.asset("nothing.js")
    assert "make install" in str(refusal.value)


def test_a_server_that_runs_while_the_front_end_is_built_anew_serves_the_new_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a server that has served one build
    monkeypatch.setattr(assets, "DIST", tmp_path)
    manifest = tmp_path / "meta.json"
    manifest.write_text('{"main.css": "main-OLD.css"}')
    assert assets.names() == {"main.css": "main-OLD.css"}

    # when
    manifest.write_text('{"main.css": "main-NEW.css"}')
    os.utime(manifest, ns=(1, 1))

    # then
    assert assets.names() == {"main.css": "main-NEW.css"}


def test_an_icon_with_a_label_is_named_and_one_without_is_silent(app: APIFlask) -> None:
    with app.test_request_context():
        assert 'aria-hidden="true"' in assets.icon("inbox")
        assert 'aria-label="&lt;x&gt;"' in assets.icon("inbox", label="<x>")


def test_every_icon_of_the_templates_is_in_the_sprite() -> None:
    # given
    drawn = set(json.loads((WEBAPP / "frontend/icons.json").read_text("utf-8")))

    # when
    asked = {
        name
        for template in (WEBAPP / "templates").glob("*.html")
        for name in NAMED.findall(template.read_text("utf-8"))
    }

    # then
    assert asked - drawn == set()
