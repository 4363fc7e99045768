from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Command = Callable[..., Any]
KEYS = {"rack", "prices", "currency", "total", "total_low", "total_high", "per_kW", "lines"}
LINE_KEYS = {"item", "part", "supplier_group", "quantity", "unit_price", "low", "high", "amount", "source"}


def test_one_bill_as_json(command: Command) -> None:
    finished = command("cost", "gb300_nvl72", "--prices", "morgan_stanley_2025", "--json")
    bill = json.loads(finished.out)
    assert finished.status == 0
    assert finished.err == ""
    assert bill.keys() >= KEYS
    assert "bills" not in bill
    assert bill["total"] == 49_860.0
    assert all(line.keys() >= LINE_KEYS for line in bill["lines"])


def test_several_bills_keep_the_keys_of_one(command: Command) -> None:
    bill = json.loads(command("cost", "gb300_nvl72", "vr200_nvl72", "--json").out)
    assert bill.keys() >= KEYS | {"bills"}
    found = {(entry["rack"], entry["prices"]): entry["total"] for entry in bill["bills"]}
    assert found["gb300_nvl72", "morgan_stanley_2025"] == 49_860.0
    assert found["vr200_nvl72", "morgan_stanley_2025"] == 55_710.0


def test_text(command: Command) -> None:
    finished = command("cost", "gb300_nvl72", "--prices", "morgan_stanley_2025")
    assert "  total      $49,860" in finished.out
    assert command("cost", "gb300_nvl72", "--quiet").out == ""


def test_bills_are_stored(command: Command, tmp_path: Path) -> None:
    assert command("cost", "gb300_nvl72", "--quiet", "--out", str(tmp_path / "bill")).status == 0
    assert {path.name for path in (tmp_path / "bill").iterdir()} == {"bill.csv", "bill.json", "manifest.json"}
    assert "gb300_nvl72,avc_broker_2025,USD" in (tmp_path / "bill" / "bill.csv").read_text(encoding="utf-8")
    (tmp_path / "mine.txt").touch()
    finished = command("cost", "gb300_nvl72", "--out", str(tmp_path))
    assert finished.status == 2
    assert "holds other files than a bill" in finished.err


def test_bills_with_notes_beside_them_are_left_alone(command: Command, tmp_path: Path) -> None:
    out = ("cost", "gb300_nvl72", "--quiet", "--out", str(tmp_path / "bill"))
    assert [command(*out).status, command(*out).status] == [0, 0]
    (tmp_path / "bill" / "notes.txt").touch()
    finished = command(*out)
    assert finished.status == 2
    assert "holds notes.txt besides the files of the earlier bill" in finished.err
    assert (tmp_path / "bill" / "notes.txt").exists()


def test_an_unknown_book_is_refused_with_a_guess(command: Command) -> None:
    finished = command("cost", "gb300_nvl72", "--prices", "guosen")
    assert finished.status == 2
    assert "did you mean 'guosen_2026'?" in finished.err
