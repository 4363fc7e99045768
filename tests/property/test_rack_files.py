"""Whatever a rack file holds, it loads or it is refused with problems that have a place and a remedy."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from thermal.errors import InputError
from thermal.rack.bundled import bundled_path
from thermal.rack.expand import expand
from thermal.rack.loader import load_rack
from thermal.rack.parts import PART_KINDS
from thermal.rack.schema import RackFile
from thermal.rack.source import parse_yaml, read_yaml

HOSTILE = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
GOOD = bundled_path("racks", "asic_liquid").read_text(encoding="utf-8")
PUT = ["", " ", ":", "\n", "[", "]", "{", "-", "x", "0", "&a ", "*a", "!!int ", "#", "\t"]
WORDS = [
    *RackFile.model_fields,
    *PART_KINDS,
    "kind",
    "series",
    "parallel",
    "air",
    "water",
    "PG25",
    "1.4 kW",
    "40 degC",
    "9-16",
]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def check(path: Path) -> None:
    """Load and expand; the only exception allowed is an InputError that says where and what to do."""
    try:
        expand(load_rack(path))
    except InputError as error:
        found = error.problems
    else:
        return
    assert found
    for problem in found:
        assert all((problem.file, problem.path, problem.wrong, problem.right))
        assert problem.line >= 0
        assert "\n" not in problem.wrong


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(WORDS)
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=8), inner),
    max_leaves=25,
)


@HOSTILE
@given(st.binary(max_size=400))
def test_any_bytes(home: Path, content: bytes) -> None:
    path = home / "any.yaml"
    path.write_bytes(content)
    check(path)


@HOSTILE
@given(st.text(alphabet="abk:-[]{}&*!|>'\"#%@`,?<~ \n\t01.", max_size=200))
def test_any_yaml_like_text(text: str) -> None:
    with suppress(InputError):
        parse_yaml(text, "any.yaml")


@HOSTILE
@given(st.dictionaries(st.sampled_from(list(RackFile.model_fields)), trees, min_size=1))
def test_any_tree_under_the_right_keys(home: Path, data: dict[str, object]) -> None:
    path = home / "tree.yaml"
    path.write_text(json.dumps(data), encoding="utf-8")
    check(path)


@HOSTILE
@given(st.data())
def test_a_good_rack_with_some_of_its_text_changed(home: Path, data: st.DataObject) -> None:
    text = GOOD
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text) - 1))
        length = data.draw(st.sampled_from([0, 1, 1, 3, 30]))
        put = data.draw(
            st.sampled_from(["", " ", ":", "\n", "[", "]", "{", "-", "x", "0", "&a ", "*a", "!!int ", "#", "\t"])
        )
        text = text[:start] + put + text[start + length :]
    path = home / "changed.yaml"
    path.write_text(text, encoding="utf-8")
    check(path)


@HOSTILE
@given(st.data())
def test_a_good_rack_with_any_value_in_place_of_one_of_its_own(home: Path, data: st.DataObject) -> None:
    source = home / "good.yaml"
    source.write_text(GOOD, encoding="utf-8")
    tree = json.loads(json.dumps(read_yaml(source).data))
    node, steps = tree, data.draw(st.integers(1, 6))
    for step in range(steps):
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            break
        key = data.draw(st.sampled_from(keys))
        if step == steps - 1 or not isinstance(node[key], dict | list):
            node[key] = data.draw(trees)
            break
        node = node[key]
    path = home / "swapped.yaml"
    path.write_text(json.dumps(tree), encoding="utf-8")
    check(path)


@HOSTILE
@given(
    st.text(max_size=60) | st.sampled_from(["coolant.fluid", "trays.compute.slots[1]", "parts.asic.title"]),
    st.text(max_size=60),
)
def test_any_change_on_the_command_line(home: Path, path: str, value: str) -> None:
    with suppress(InputError):
        expand(load_rack("asic_liquid", {path: value}))
