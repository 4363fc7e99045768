from __future__ import annotations

import os
from pathlib import Path

import pytest

from thermal.errors import InputError, Problem
from thermal.rack.source import MAX_BYTES, parse_yaml, read_yaml
from thermal.rack.tree import Mark, dotted, plain


def refused(text: str) -> Problem:
    with pytest.raises(InputError) as caught:
        parse_yaml(text, "f.yaml")
    (problem,) = caught.value.problems
    return problem


def refused_file(path: Path, roots: tuple[Path, ...] = ()) -> Problem:
    with pytest.raises(InputError) as caught:
        read_yaml(path, roots)
    (problem,) = caught.value.problems
    assert problem.right
    return problem


def test_values_keep_their_places() -> None:
    document = parse_yaml("a: 1\nb:\n  - x\n  - {c: 2.5 L/min}\n", "f.yaml")
    assert document.data == {"a": 1, "b": ("x", {"c": "2.5 L/min"})}
    assert document.mark(("b", 1, "c")) == Mark("f.yaml", 4, 9)
    assert document.mark(("b", 7)) == Mark("f.yaml", 3, 3), "the nearest thing that exists"
    assert document.problems == ()


def test_scalars_follow_yaml_1_2() -> None:
    text = "a: no\nb: 12:30\nc: 1e3\nd: '4'\ne: ~\nf: true\ng: 0777\nh: 2026-01-02\ni: -3\nj: .5\n"
    expected = {
        "a": "no", "b": "12:30", "c": 1000.0, "d": "4", "e": None, "f": True, "g": 777, "h": "2026-01-02", "i": -3,
        "j": 0.5,
    }  # fmt: skip
    assert parse_yaml(text, "f.yaml").data == expected


def test_locations_count_from_one_in_text() -> None:
    assert dotted(("trays", "compute", "slots", 1)) == "trays.compute.slots[2]"


def test_aliases_share_their_content() -> None:
    document = parse_yaml("a: &x {v: 1}\nb: *x\n", "f.yaml")
    assert document.data == {"a": {"v": 1}, "b": {"v": 1}}


@pytest.mark.parametrize(
    ("text", "line", "column", "wrong", "right"),
    [
        ("", 1, 1, "empty", "mapping"),
        ("# only a comment\n", 1, 1, "empty", "mapping"),
        ("---\n", 1, 1, "empty", "mapping"),
        ("- a\n- b\n", 1, 1, "the top of the file is a list", "mapping"),
        ("just text\n", 1, 1, "the single value 'just text'", "mapping"),
        ("a: 1\n\tb: 2\n", 2, 1, "not YAML", "spaces"),
        ("a: [1, 2\nb: 3\n", 2, 2, "not YAML", "correct the YAML"),
        ("a: 'x\n", 2, 1, "not YAML", "correct"),
        ("a: %x\n", 1, 4, "not YAML", "correct"),
        ("a: 1\n---\nb: 2\n", 2, 1, "second YAML document", "one document"),
        ("a: *nowhere\n", 1, 4, "no finished anchor", "write the value out"),
        ("a: &x [*x]\n", 1, 8, "no finished anchor", "write the value out"),
        ("a: 1\nb: \x00\n", 2, 4, r"'\x00'", "remove it"),
        ("a: " + "[" * 100, 1, 63, "nested deeper than 60", "flatter"),
        ("a: " + "{b: " * 100, 1, 233, "nested deeper than 60", "flatter"),
    ],
)
def test_a_hostile_text_is_refused_with_its_place(text: str, line: int, column: int, wrong: str, right: str) -> None:
    problem = refused(text)
    assert (problem.file, problem.line, problem.column) == ("f.yaml", line, column)
    assert wrong in problem.wrong
    assert right in problem.right


@pytest.mark.parametrize("size", [10, 100_000])
def test_an_alias_bomb_is_refused_before_it_grows(size: int) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    problem = refused("\n".join(lines) + "\n" + "#" * size)
    assert "expands to more than 200000 values" in problem.wrong
    assert problem.line == 6


def test_a_chain_of_aliases_counts_as_depth() -> None:
    lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 1000)]
    assert "nested deeper than 60" in refused("\n".join(lines)).wrong


@pytest.mark.parametrize(
    ("text", "line", "column", "wrong"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, 1, "key 'a' stands twice, first in line 1"),
        ("a: {b: 1, b: 2}\n", 1, 11, "key 'b' stands twice, first in line 1"),
        ("3: x\n", 1, 1, "a key is '3', not text"),
        ("true: x\n", 1, 1, "a key is 'true', not text"),
        ("? [a, b]\n: x\n", 1, 3, "a key is a list or mapping"),
        ("a: &m {x: 1}\nb: {<<: *m}\n", 2, 5, "merge keys"),
        ("a: !!python/object/apply:os.system [ls]\n", 1, 4, "tag"),
        ("a: !secret x\n", 1, 4, "tag '!secret' is not allowed"),
    ],
)
def test_a_lesser_fault_is_reported_and_the_reading_goes_on(text: str, line: int, column: int, wrong: str) -> None:
    document = parse_yaml(text + "z: {deep: [1]}\n", "f.yaml")
    (problem,) = document.problems
    assert (problem.line, problem.column) == (line, column)
    assert wrong in problem.wrong
    assert problem.right
    assert plain(document.root.value["z"]) == {"deep": (1,)}  # type: ignore[call-overload, index]


def test_python_objects_are_never_made(tmp_path: Path) -> None:
    document = parse_yaml(f"a: !!python/object/apply:os.mkdir [{tmp_path}/made]\n", "f.yaml")
    assert document.problems
    assert not (tmp_path / "made").exists()


def test_a_missing_file_names_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "my_rack.yaml").write_text("name: x\n")
    problem = refused_file(tmp_path / "my_rak.yaml")
    assert "no such file" in problem.wrong
    assert "my_rack.yaml" in problem.right


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert "this is a folder" in refused_file(tmp_path).wrong


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    assert "not a regular file" in refused_file(tmp_path / "pipe.yaml").wrong


def test_a_large_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    with path.open("wb") as stream:
        stream.truncate(100_000_000)  # sparse: reading it would show NUL bytes
    problem = refused_file(path)
    assert "the file has 100 MB" in problem.wrong
    assert "2 MB" in problem.right


def test_the_largest_file_allowed_is_read(tmp_path: Path) -> None:
    path = tmp_path / "full.yaml"
    path.write_text("a: 1\n" + "#" * (MAX_BYTES - 5))
    assert read_yaml(path).data == {"a": 1}
    path.write_text("a: 1\n" + "#" * (MAX_BYTES - 4))
    assert refused_file(path).wrong == "the file has 2.000001 MB"


def test_a_file_that_is_not_utf_8_is_refused_at_the_byte(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes("name: x\ntitle: Kühlung\n".encode("latin-1"))
    problem = refused_file(path)
    assert (problem.line, problem.column) == (2, 9)
    assert "0xfc is not UTF-8" in problem.wrong


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "bom.yaml"
    path.write_bytes(b"\xef\xbb\xbfname: x\n")
    assert read_yaml(path).data == {"name": "x"}


@pytest.mark.parametrize("name", ["a\0b.yaml", "x" * 5000 + ".yaml"])
def test_an_impossible_path_is_refused(name: str) -> None:
    assert refused_file(Path(name)).wrong


def test_a_link_that_leads_out_is_refused(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out.yaml"
    inside.mkdir()
    outside.write_text("a: 1\n")
    (inside / "link.yaml").symlink_to(outside)
    assert "outside the allowed folders" in refused_file(inside / "link.yaml", (inside,)).wrong
    assert refused_file(inside / "link.yaml", (inside, inside)).right == f"put it below {inside.resolve()}"
    assert read_yaml(inside / "link.yaml", (tmp_path,)).data == {"a": 1}


def test_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    assert refused_file(tmp_path / "loop.yaml").wrong
