"""``thermal view``: what it draws, what it refuses, and that nothing is left half written."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.unit.views import scene_samples as samples
from thermal.results.store import store
from thermal.views import picture
from thermal.views.scenes.model import Scene

PNG = b"\x89PNG drawn"
Command = Callable[..., Any]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    store(samples.run(fields=True), tmp_path / "run")
    return tmp_path / "run"


@pytest.fixture
def scenes(monkeypatch: pytest.MonkeyPatch) -> list[Scene]:
    """Scenes that were drawn, by stand-ins for what draws; there is no display."""
    seen: list[Scene] = []

    def png_bytes(scene: Scene, size: tuple[int, int] = picture.SIZE) -> bytes:
        seen.append(scene)
        return PNG + repr(size).encode()

    page = ModuleType("thermal.views.scenes.page")
    page.__dict__["page"] = lambda scene, png: f"<title>{scene.title}</title>{len(png or b'')}"
    monkeypatch.setattr(picture, "png_bytes", png_bytes)
    monkeypatch.setitem(__import__("sys").modules, page.__name__, page)
    monkeypatch.setattr(picture, "has_display", lambda: False)
    return seen


@pytest.mark.parametrize(
    ("options", "title"),
    [
        ((), "junction temperatures"),
        (("--tray", "compute[1]"), "compute[1]"),
        (("--plate", "compute[1]/plate[2]"), "compute[1]/plate[2]"),
        (("--margin",), "margin to the limits"),
    ],
)
def test_each_scene_is_drawn(
    command: Command, run: Path, scenes: list[Scene], options: tuple[str, ...], title: str
) -> None:
    done = command("view", str(run), *options, "--png", str(run.parent / "a.png"))
    assert (done.status, done.err) == (0, "")
    assert "drawn" in done.out
    assert (run.parent / "a.png").read_bytes().startswith(PNG)
    assert scenes[0].title.endswith(title)


def test_the_difference_of_two_runs_is_drawn(command: Command, run: Path, scenes: list[Scene]) -> None:
    store(samples.warmer(samples.run(), 3.0), run.parent / "warm")
    done = command("view", str(run.parent / "warm"), "--minus", str(run), "--png", str(run.parent / "a.png"))
    assert done.status == 0
    assert scenes[0].title.endswith("warm less run")
    assert scenes[0].labels[0].text.endswith("+3.0 K")


def test_runs_of_two_racks_are_not_subtracted(command: Command, run: Path, scenes: list[Scene]) -> None:
    other = samples.run()
    store(replace(other, summary={**other.summary, "rack": "another"}), run.parent / "b")
    done = command("view", str(run), "--minus", str(run.parent / "b"), "--png", str(run.parent / "a.png"))
    assert done.status == 2
    assert "another" in done.err
    assert "compare runs of one rack" in done.err
    assert not scenes


@pytest.mark.parametrize("options", [(), ("--tray", "compute[1]"), ("--plate", "compute[1]/plate[2]")])
def test_the_scale_of_the_coolant_is_passed_on(
    command: Command, run: Path, scenes: list[Scene], options: tuple[str, ...]
) -> None:
    file = str(run.parent / "a.png")
    assert command("view", str(run), *options, "--coolant-range", "30:70", "--png", file).status == 0
    assert (scenes[0].bars[1].low, scenes[0].bars[1].high) == (30.0, 70.0)


def test_a_file_that_nobody_named_is_told_even_when_quiet(command: Command, run: Path, scenes: list[Scene]) -> None:
    done = command("view", str(run), "--quiet")
    assert done.status == 0
    assert "run.html" in done.out
    assert command("view", str(run), "--quiet", "--png", str(run.parent / "a.png")).out == ""
    assert scenes


def test_scale_and_size_are_passed_on(command: Command, run: Path, scenes: list[Scene]) -> None:
    file = run.parent / "a.png"
    assert command("view", str(run), "--range", "40:90", "--size", "800x600", "--png", str(file)).status == 0
    assert (scenes[0].bars[0].low, scenes[0].bars[0].high) == (40.0, 90.0)
    assert file.read_bytes().endswith(b"(800, 600)")


def test_a_page_holds_a_picture_for_print(command: Command, run: Path, scenes: list[Scene]) -> None:
    file = run.parent / "a.html"
    done = command("view", str(run), "--html", str(file), "--json")
    printed = json.loads(done.out)
    assert printed["files"] == [str(file)]
    assert printed["description"] == scenes[0].description
    assert file.read_text(encoding="utf-8").endswith(str(len(PNG + repr(picture.SIZE).encode())))


def test_a_page_is_written_without_its_picture_where_nothing_draws(
    command: Command, run: Path, scenes: list[Scene], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> bytes:
        raise picture.DrawingError("no OpenGL")  # noqa: EM101 - a stand-in

    monkeypatch.setattr(picture, "png_bytes", refuse)
    file = run.parent / "a.html"
    done = command("view", str(run), "--html", str(file))
    assert done.status == 0
    assert "no picture for print: no OpenGL" in done.err
    assert file.exists()
    refused = command("view", str(run), "--png", str(run.parent / "a.png"))
    assert (refused.status, refused.err) == (2, "no OpenGL\n")
    assert not (run.parent / "a.png").exists()


def test_without_a_display_a_page_is_written_beside_the_run(command: Command, run: Path, scenes: list[Scene]) -> None:
    done = command("view", str(run))
    assert done.status == 0
    assert "no display: writing a page instead" in done.err
    page = run.parent / "run.html"
    before = page.read_bytes()
    page.write_bytes(before + b"mine")
    assert command("view", str(run)).status == 0
    assert page.read_bytes() == before + b"mine"  # what is there is left alone
    assert (run.parent / "run_2.html").exists()
    assert scenes


def test_with_a_display_a_window_opens(
    command: Command, run: Path, scenes: list[Scene], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Scene] = []
    monkeypatch.setattr(picture, "has_display", lambda: True)
    monkeypatch.setattr(picture, "show", shown.append)
    assert command("view", str(run)).status == 0
    assert len(shown) == 1
    assert not scenes
    assert [path.name for path in run.parent.iterdir()] == ["run"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--png", "a.jpg"), "does not end in .png"),
        (("--html", "a.png"), "does not end in .html"),
        (("--png", "none/a.png"), "make the folder first"),
        (("--png", "a.png", "--range", "90:40"), "is not LOW:HIGH"),
        (("--png", "a.png", "--range", "nan:40"), "is not LOW:HIGH"),
        (("--png", "a.png", "--range", "40"), "is not LOW:HIGH"),
        (("--png", "a.png", "--size", "big"), "is not WIDTHxHEIGHT"),
        (("--png", "a.png", "--size", "2x2"), "give 480x360 to 8192x8192"),
        (("--size", "800x600"), "add --png FILE"),
        (("--open",), "add --png FILE or --html FILE"),
        (("--json",), "add --png FILE or --html FILE"),
        (("--png", "a.png", "--margin", "--tray", "compute[1]"), "different scenes"),
        (("--png", "a.png", "--margin", "--range", "0:9"), "which --margin does not show"),
        (("--png", "a.png", "--tray", "compte[1]"), "name one of compute[1]"),
        (("--png", "a.png", "--plate", "compute[1]/plat"), "no such plate"),
        (("--png", "a.png", "--minus", "nowhere"), "there is no such folder"),
    ],
)
def test_what_cannot_be_drawn_is_refused_and_nothing_written(
    command: Command,
    run: Path,
    scenes: list[Scene],
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
    message: str,
) -> None:
    monkeypatch.chdir(run.parent)
    done = command("view", "run", *options)
    assert done.status == 2
    assert message in " ".join(done.err.split())
    assert [path.name for path in run.parent.iterdir()] == ["run"]
    assert not scenes


def test_a_network_run_has_no_plate_to_show(command: Command, tmp_path: Path, scenes: list[Scene]) -> None:
    store(samples.run(), tmp_path / "flat")
    done = command("view", str(tmp_path / "flat"), "--plate", "compute[1]/plate[1]", "--png", str(tmp_path / "a.png"))
    assert done.status == 2
    assert "--fidelity plate" in done.err
    assert not scenes


@pytest.mark.parametrize("broken", ["missing", "foreign", "older", "short"])
def test_a_run_that_is_no_whole_run_is_refused(command: Command, run: Path, scenes: list[Scene], broken: str) -> None:
    if broken == "foreign":
        (run / "manifest.json").unlink()
    elif broken == "older":
        text = (run / "manifest.json").read_text(encoding="utf-8")
        (run / "manifest.json").write_text(json.dumps({**json.loads(text), "format": 1}), encoding="utf-8")
    elif broken == "short":
        (run / "layout.json").write_bytes((run / "layout.json").read_bytes()[:-20])
    source = run.parent / "nothing" if broken == "missing" else run
    done = command("view", str(source), "--png", str(run.parent / "a.png"))
    assert done.status == 2
    expected = {"missing": "no such folder", "foreign": "is missing", "older": "earlier version", "short": "cut short"}
    assert expected[broken] in done.err
    assert not (run.parent / "a.png").exists()
    assert not scenes


def test_help_names_all_that_can_be_viewed(command: Command) -> None:
    said = " ".join(command("view", "--help").out.split())
    assert "RUN is a folder that `thermal simulate --out` or `thermal coldplate --fidelity resolved --out` made" in said
