from __future__ import annotations

import csv
import json
import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from thermal.errors import InputError
from thermal.results.dataset import Results
from thermal.results.folder import check_target, written_folder
from thermal.results.store import load, store

FILES = {
    "summary.json",
    "devices.csv",
    "trays.csv",
    "branches.csv",
    "nodes.csv",
    "bill.csv",
    "results.nc",
    "rack.txt",
    "manifest.json",
}


def stored(results: Results, above: Path) -> Path:
    store(results, above / "run")
    return above / "run"


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_round_trip_is_exact(small_results: Results, tmp_path: Path) -> None:
    store(small_results, tmp_path / "deep" / "run")
    loaded = load(tmp_path / "deep" / "run")
    assert loaded.summary == small_results.summary
    assert loaded.bills == small_results.bills
    assert loaded.provenance == small_results.provenance
    for ours, theirs in zip(small_results.tables, loaded.tables, strict=True):
        assert list(ours.columns) == list(theirs.columns)
        for name, column in ours.columns.items():
            if isinstance(column, tuple):
                assert theirs[name] == column
            else:
                np.testing.assert_array_equal(theirs.numbers(name), column)


def test_the_folder_holds_every_file_and_nothing_is_left_beside_it(small_results: Results, tmp_path: Path) -> None:
    folder = stored(small_results, tmp_path)
    assert names(folder) == FILES
    assert names(tmp_path) == {"run"}
    assert json.loads((folder / "summary.json").read_text(encoding="utf-8")) == small_results.summary
    assert (folder / "rack.txt").read_text(encoding="utf-8") == "name: gb300_nvl72\n# ✓\n"


def test_csv_headings_carry_display_units(small_results: Results, tmp_path: Path) -> None:
    folder = stored(small_results, tmp_path)
    with (folder / "devices.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert float(rows[1]["junction_temperature [degC]"]) == pytest.approx(83.9)
    assert rows[2]["volume_flow [L/min]"] == ""
    with (folder / "bill.csv").open(encoding="utf-8", newline="") as file:
        (line,) = csv.DictReader(file)
    assert (line["prices"], line["currency"], line["amount"]) == ("avc_broker_2025", "USD", "23400.0")


def test_netcdf_keeps_units_and_provenance(small_results: Results, tmp_path: Path) -> None:
    netCDF4 = pytest.importorskip("netCDF4")
    with netCDF4.Dataset(stored(small_results, tmp_path) / "results.nc") as file:
        assert file["branch_pressure_drop"].units == "Pa"
        assert "gb300_nvl72" in json.loads(file.provenance)["rack_text"]


def test_an_earlier_run_is_replaced(small_results: Results, tmp_path: Path) -> None:
    store(small_results, tmp_path / "run")
    (tmp_path / "run" / "empty").mkdir()
    summary = {**small_results.summary, "rack": "other"}
    store(replace(small_results, summary=summary), tmp_path / "run")  # type: ignore[arg-type]
    assert names(tmp_path / "run") == FILES
    assert load(tmp_path / "run").summary["rack"] == "other"
    assert names(tmp_path) == {"run"}


@pytest.mark.parametrize("name", ["notes.txt", "plots/flow.png", ".hidden"])
def test_a_run_with_something_added_is_left_alone(small_results: Results, tmp_path: Path, name: str) -> None:
    added = stored(small_results, tmp_path) / name
    added.parent.mkdir(exist_ok=True)
    added.write_text("mine")
    with pytest.raises(InputError, match=rf"holds {name} besides the files of the earlier run.*move what is yours"):
        check_target(tmp_path / "run", "run")
    with pytest.raises(InputError, match="would be lost"):
        store(small_results, tmp_path / "run")
    assert added.read_text() == "mine"
    assert names(tmp_path) == {"run"}


def test_a_link_to_a_folder_counts_as_added_and_many_names_are_cut_short(
    small_results: Results, tmp_path: Path
) -> None:
    folder = stored(small_results, tmp_path)
    (folder / "link").symlink_to(tmp_path)
    with pytest.raises(InputError, match="holds link besides"):
        check_target(folder, "run")
    for number in range(6):
        (folder / f"{number}\n.txt").touch()
    with pytest.raises(InputError, match=r"holds 0\\n\.txt, .*, 4\\n\.txt and 2 more besides"):
        check_target(folder, "run")


def test_something_added_during_the_writing_is_kept(small_results: Results, tmp_path: Path) -> None:
    folder = stored(small_results, tmp_path)

    def replace_while_the_user_writes() -> None:
        with written_folder(folder, "run", {}):
            (folder / "notes.txt").write_text("mine")

    with pytest.raises(InputError, match=r"holds notes\.txt"):
        replace_while_the_user_writes()
    assert names(folder) == FILES | {"notes.txt"}
    assert names(tmp_path) == {"run"}


def test_the_manifest_lists_files_at_any_depth(small_results: Results, tmp_path: Path) -> None:
    def compare() -> None:
        with written_folder(tmp_path / "both", "comparison", {}) as draft:
            store(small_results, draft / "a")

    compare()
    manifest = json.loads((tmp_path / "both" / "manifest.json").read_text())
    assert set(manifest["files"]) == {f"a/{name}" for name in FILES}
    compare()
    (tmp_path / "both" / "a" / "notes.txt").touch()
    with pytest.raises(InputError, match=r"holds a/notes\.txt besides the files of the earlier comparison"):
        compare()


def test_an_empty_folder_is_taken(small_results: Results, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    assert names(stored(small_results, tmp_path)) == FILES


def test_a_foreign_folder_is_left_alone(small_results: Results, tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(
        InputError, match=r"holds other files than a run of ours, so it is left alone; give a new folder"
    ):
        store(small_results, tmp_path)
    assert names(tmp_path) == {"thesis.tex"}


def test_a_file_in_the_way_is_left_alone(small_results: Results, tmp_path: Path) -> None:
    (tmp_path / "run").write_text("mine")
    with pytest.raises(InputError, match="is a file; give the name of a folder"):
        store(small_results, tmp_path / "run")
    with pytest.raises(InputError, match="cannot be made in"):
        check_target(tmp_path / "run" / "deeper", "run")


def test_a_failure_half_way_keeps_the_earlier_run(
    small_results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(small_results, tmp_path / "run")

    def disk_full(path: Path, headings: object, rows: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("thermal.results.store._write_csv", disk_full)
    with pytest.raises(InputError, match="No space left on device"):
        store(small_results, tmp_path / "run")
    with pytest.raises(InputError, match="No space left on device"):
        store(small_results, tmp_path / "new" / "run")
    assert names(tmp_path) == {"run"}
    assert load(tmp_path / "run").summary == small_results.summary


def test_a_failed_rename_brings_the_earlier_run_back(
    small_results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = stored(small_results, tmp_path)
    rename = Path.rename

    def refuse(self: Path, target: Path) -> Path:
        if self.name.startswith(".run-") and target == folder:
            raise PermissionError(13, "Permission denied")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(InputError, match="Permission denied"):
        store(small_results, folder)
    assert names(tmp_path) == {"run"}
    assert load(folder).summary == small_results.summary


def test_an_interrupt_between_the_renames_brings_the_earlier_run_back(
    small_results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = stored(small_results, tmp_path)
    rename = Path.rename

    def interrupted(self: Path, target: Path) -> Path:
        moved = rename(self, target)
        if self == folder:
            raise KeyboardInterrupt
        return moved

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        store(small_results, folder)
    assert names(tmp_path) == {"run"}
    assert load(folder).summary == small_results.summary


def left_behind(above: Path, name: str, *, hours: float) -> str:
    """Make a folder with a file as a killed run leaves it."""
    (above / name).mkdir()
    (above / name / "results.nc").touch()
    os.utime(above / name, (time.time() - 3600 * hours,) * 2)
    return name


def test_what_a_killed_run_left_is_swept_after_an_hour(small_results: Results, tmp_path: Path) -> None:
    left_behind(tmp_path, ".run-abcd_123.thermal-draft", hours=1.1)
    kept = {
        left_behind(tmp_path, ".run-abcd_124.thermal-draft", hours=0.9),
        left_behind(tmp_path, ".run-x-abcd_123.thermal-draft", hours=9),
        left_behind(tmp_path, ".other-abcd_123.thermal-draft", hours=9),
        left_behind(tmp_path, ".run-settings", hours=9),
    }
    moved_aside = left_behind(tmp_path, ".run-abcd_123.thermal-earlier", hours=9)
    store(small_results, tmp_path / "run")
    assert names(tmp_path) == kept | {"run", moved_aside}, "an earlier run moved aside may be the only one"
    store(small_results, tmp_path / "run")
    assert names(tmp_path) == kept | {"run"}


def test_the_names_of_temporary_folders_are_those_that_are_swept(small_results: Results, tmp_path: Path) -> None:
    with written_folder(tmp_path / "run", "bill", {}) as draft:
        left = draft.name
    left_behind(tmp_path, left, hours=2)
    with written_folder(tmp_path / "run", "bill", {}):
        assert left not in names(tmp_path)


def test_a_missing_or_foreign_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such folder"):
        load(tmp_path / "none")
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"file: run: is a file, not a folder"):
        load(tmp_path / "file")
    with pytest.raises(InputError, match=r"manifest\.json: is missing: not a stored run"):
        load(tmp_path)


@pytest.mark.parametrize(("name", "keep"), [("results.nc", 2000), ("summary.json", 100), ("results.nc", None)])
def test_a_truncated_run_is_refused(small_results: Results, tmp_path: Path, name: str, keep: int | None) -> None:
    path = stored(small_results, tmp_path) / name
    if keep is None:
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(InputError, match=rf"{name}: is (missing|cut short)"):
        load(tmp_path / "run")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"format": 1}', '{"format": 1, "kind": "run", "files": 3}'])
def test_a_broken_manifest_is_refused(small_results: Results, tmp_path: Path, text: str) -> None:
    folder = stored(small_results, tmp_path)
    (folder / "manifest.json").write_text(text)
    with pytest.raises(InputError, match=r"manifest\.json: "):
        load(folder)


def test_another_format_is_refused(small_results: Results, tmp_path: Path) -> None:
    path = stored(small_results, tmp_path) / "manifest.json"
    text = path.read_text()
    path.write_text(text.replace('"format": 2', '"format": 3'))
    with pytest.raises(InputError, match="has format 3 and this version reads 2; run the command again"):
        load(tmp_path / "run")
    path.write_text(text.replace('"format": 2', '"format": 1'))
    with pytest.raises(InputError, match="has format 1 and this version reads 2: an earlier version wrote it; run the"):
        load(tmp_path / "run")


def test_a_layout_comes_back_and_a_run_without_one_has_none(small_results: Results, tmp_path: Path) -> None:
    store(small_results, tmp_path / "bare")
    assert not (tmp_path / "bare" / "layout.json").exists()
    assert load(tmp_path / "bare").layout is None
    layout = {"rack": "small", "size": [0.6, 1.0, 2.0], "boxes": [], "tubes": [], "notes": ["none"]}
    store(replace(small_results, layout=layout), tmp_path / "run")
    assert load(tmp_path / "run").layout == layout
    (tmp_path / "run" / "layout.json").write_text("{")
    with pytest.raises(InputError, match=r"layout\.json: is cut short or was changed"):
        load(tmp_path / "run")


def test_another_kind_of_folder_is_no_run(small_results: Results, tmp_path: Path) -> None:
    with written_folder(tmp_path / "bill", "bill", {}) as draft:
        (draft / "bill.csv").touch()
    with pytest.raises(InputError, match="this is a 'bill'; name the folder of a run"):
        load(tmp_path / "bill")
    with pytest.raises(InputError, match="holds other files than a run"):
        store(small_results, tmp_path / "bill")
