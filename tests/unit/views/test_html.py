"""A report's page as text; how it looks is tested in a browser (`tests/pages`)."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest

from thermal.errors import InputError, ThermalError
from thermal.views import picture
from thermal.views.chart.model import Chart, Series
from thermal.views.html import page, write
from thermal.views.report import Column, Report, ReportTable, Section, Text
from thermal.views.scenes.model import Scene

HOSTILE = "</script><script>alert(1)</script>"


def chart(title: str = "Flow", name: str = "flow") -> Chart:
    return Chart(name, "bars", title, "L/min", ["a", HOSTILE], [Series("flow", [1.0, 2.0])], description="Flow.")


def report(*blocks: Text | ReportTable | Chart | Scene) -> Report:
    return Report("Title", "subtitle", [Section("One", list(blocks))])


def test_a_page_without_pictures_is_small_and_one_with_has_the_library_once() -> None:
    assert len(page(report(Text(["x"])))) < 40_000
    text = page(report(chart(), chart(name="second")))
    assert text.count("plotly.js v") == 1
    assert 4e6 < len(text) < 7e6


def test_nothing_is_named_that_a_browser_would_fetch() -> None:
    text = page(report(chart()))
    markup = re.sub(r"<script>.*?</script>", "", text, flags=re.DOTALL)  # the library names addresses it may be sent to
    assert re.findall(r"(?:src|href|action)=[\"'](?!data:|#)[^\"']*", markup) == []
    assert "url(" not in re.sub(r"data:[^\"')]*", "", markup)
    assert "@import" not in markup


def test_the_policy_admits_the_scripts_of_the_page_and_no_other() -> None:
    text = page(report(chart()))
    scripts = re.findall(r"<script>(.*?)</script>", text, flags=re.DOTALL)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    stated = re.findall(r"sha256-([A-Za-z0-9+/=]+)", policy[1].replace("&#43;", "+").replace("&#39;", "'"))
    assert stated == [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    assert "unsafe" not in policy[1].split("style-src")[0]
    rules = dict(rule.split(" ", 1) for rule in policy[1].replace("&#39;", "'").split("; "))
    assert [rules[name] for name in ("default-src", "base-uri", "form-action")] == ["'none'"] * 3


def test_hostile_text_is_escaped_wherever_it_stands() -> None:
    table = ReportTable("t", HOSTILE, [Column("a", HOSTILE)], [{"a": HOSTILE}], note=HOSTILE)
    whole = Report(HOSTILE, HOSTILE, [Section(HOSTILE, [Text([HOSTILE]), table, chart(HOSTILE)])], {HOSTILE: HOSTILE})
    text = page(whole)
    assert "alert(1)</script>" not in text
    assert text.count("&lt;/script&gt;&lt;script&gt;alert(1)") > 8


def test_figures_are_whole_json() -> None:
    found = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', page(report(chart())), flags=re.DOTALL)
    assert found is not None
    figure = json.loads(found[1])
    assert figure["data"]
    assert "alert(1)" in json.dumps(figure)


def test_the_same_report_gives_the_same_page() -> None:
    assert page(report(chart())) == page(report(chart()))


def test_sections_of_one_name_have_places_of_their_own() -> None:
    text = page(Report("T", "", [Section("Same", []), Section("Same", []), Section("…", [])]))
    assert re.findall(r'href="#([^"]*)"', text) == ["content", "1-same", "2-same", "3"]
    assert re.findall(r'<section id="([^"]*)"', text) == ["1-same", "2-same", "3"]


def test_a_scene_that_cannot_be_drawn_here_says_so_and_stays_interactive(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> bytes:
        msg = "no OpenGL here; install libegl1"
        raise ThermalError(msg)

    monkeypatch.setattr(picture, "png_bytes", refuse)
    text = page(report(Scene("Heat", "", [], [])))
    assert "no OpenGL here; install libegl1" in text
    assert 'class="scene-canvas"' in text


def test_a_page_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    write(report(Text(["x"])), tmp_path / "out.html")
    assert (tmp_path / "out.html").read_text(encoding="utf-8") == page(report(Text(["x"])))
    with pytest.raises(InputError, match="is a folder"):
        write(report(Text(["x"])), tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["out.html"]
