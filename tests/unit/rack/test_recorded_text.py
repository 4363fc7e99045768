from __future__ import annotations

from pathlib import Path

import pytest

from thermal.rack.bundled import bundled_path, bundled_root
from thermal.rack.loader import load_rack

PART = "parts:\n  spare_hose: {kind: pipe, length: 1 m, inner_diameter: 50 mm, basis: assumed, source: test}\n"


def test_a_bundled_rack_names_its_includes_below_the_bundled_folder() -> None:
    text = load_rack("gb300_nvl72").text
    assert "\n# --- parts/" in text
    assert "\n# --- coolants/PG25.yaml\n" in text
    assert str(bundled_root()) not in text


def test_the_record_does_not_depend_on_where_the_files_lie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = []
    for place in (tmp_path / "a", tmp_path / "b" / "deep"):
        (place / "own").mkdir(parents=True)
        (place / "own" / "hoses.yaml").write_text(PART, encoding="utf-8")
        text = bundled_path("racks", "gb300_nvl72").read_text(encoding="utf-8")
        assert text.count("include:\n") + text.count("include: [") == 1
        text = text.replace("include:\n", "include:\n  - own/hoses.yaml\n").replace(
            "include: [", "include: [own/hoses.yaml, "
        )
        (place / "rack.yaml").write_text(text, encoding="utf-8")
        rack = load_rack(place / "rack.yaml")
        assert str(tmp_path) not in rack.text
        assert "\n# --- own/hoses.yaml\n" in rack.text
        texts.append((rack.text, rack.sha256))
    monkeypatch.chdir(tmp_path / "a")
    rack = load_rack(Path("rack.yaml"))
    assert texts == [(rack.text, rack.sha256)] * 2
