from __future__ import annotations

import csv
import json
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
    "rack.yaml",
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
    assert (folder / "rack.yaml").read_text(encoding="utf-8") == "name: gb300_nvl72\n# ✓\n"


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
    (tmp_path / "run" / "leftover.csv").touch()
    summary = {**small_results.summary, "rack": "other"}
    store(replace(small_results, summary=summary), tmp_path / "run")  # type: ignore[arg-type]
    assert names(tmp_path / "run") == FILES
    assert load(tmp_path / "run").summary["rack"] == "other"
    assert names(tmp_path) == {"run"}


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


def test_a_missing_or_foreign_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such folder"):
        load(tmp_path / "none")
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
    path.write_text(path.read_text().replace('"format": 1', '"format": 0'))
    with pytest.raises(InputError, match="has format 0 and this version reads 1"):
        load(tmp_path / "run")


def test_another_kind_of_folder_is_no_run(small_results: Results, tmp_path: Path) -> None:
    with written_folder(tmp_path / "bill", "bill", {}) as draft:
        (draft / "bill.csv").touch()
    with pytest.raises(InputError, match="this is a 'bill'; name the folder of a run"):
        load(tmp_path / "bill")
    with pytest.raises(InputError, match="holds other files than a run"):
        store(small_results, tmp_path / "bill")
