from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from thermal.cli.schema import KINDS

Command = Callable[..., Any]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_file_has_a_schema(command: Command, kind: str) -> None:
    finished = command("schema", kind)
    assert finished.status == 0
    assert json.loads(finished.out)["$schema"].startswith("http://json-schema.org/")


def test_the_default_is_the_rack(command: Command) -> None:
    schema = json.loads(command("schema").out)
    assert {"name", "trays"} <= schema["properties"].keys()
    assert schema["additionalProperties"] is False


def test_a_file_is_written_whole_or_not_at_all(command: Command, tmp_path: Path) -> None:
    out = tmp_path / "rack.schema.json"
    assert command("schema", "--out", str(out)).status == 0
    assert out.read_text(encoding="utf-8") == command("schema").out
    finished = command("schema", "--out", str(tmp_path / "none" / "x.json"))
    assert finished.status == 2
    assert "No such file or directory" in finished.err
    assert [path.name for path in tmp_path.iterdir()] == ["rack.schema.json"]
