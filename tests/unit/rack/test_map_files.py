"""Power maps read from CSV files and pictures."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from thermal.errors import InputError, Problem
from thermal.rack.loader import load_rack
from thermal.rack.map_files import read_tiles
from thermal.rack.parts import Package
from thermal.rack.power_map import MOST_TILES, PowerMap

BODY = """\
  gpu:
    kind: package
    device_kind: gpu
    power: {tdp: 700 W, peak: 900 W}
    heat_sink: fins
    body:
      length: 40 mm
      width: 50 mm
      chip_thickness: 0.7 mm
      chips:
        - {name: die, width: 20 mm, length: 30 mm, conductivity: 120 W/(m K), share: 1, map: MAP}
      mould: {conductivity: 1 W/(m K)}
"""
GPU = "  gpu: {kind: package, device_kind: gpu, power: {tdp: 700 W, peak: 900 W}, heat_sink: fins}\n"
Load = Callable[..., Path]
Problems = Callable[..., tuple[Problem, ...]]


def with_map(text: str) -> tuple[str, str]:
    return GPU, BODY.replace("MAP", text)


def die_of(path: Path, overrides: dict[str, str] | None = None) -> PowerMap:
    part = load_rack(path, overrides).parts["gpu"]
    assert isinstance(part, Package)
    assert part.body is not None
    return part.body.chips[0].power_map


def png(pixels: object, mode: str | None = None) -> bytes:
    stream = io.BytesIO()
    image = Image.fromarray(np.asarray(pixels))
    (image.convert(mode) if mode else image).save(stream, "PNG")
    return stream.getvalue()


def test_a_csv_has_its_first_row_at_the_smallest_y(rack_file: Load, tmp_path: Path) -> None:
    (tmp_path / "die.csv").write_text("# watts\n100, 200\n\n400, 0\n", encoding="utf-8")
    found = die_of(rack_file(with_map("{csv: die.csv}")))
    assert found.power == 700.0
    assert found.shares == ((1 / 7, 2 / 7), (4 / 7, 0.0))
    assert found.x_edges == pytest.approx((0.0, 0.01, 0.02))
    assert found.y_edges == pytest.approx((0.0, 0.015, 0.03))


def test_a_picture_has_its_lowest_line_at_the_smallest_y(rack_file: Load, tmp_path: Path) -> None:
    (tmp_path / "die.png").write_bytes(png(np.array([[0, 0], [50, 150]], np.uint8)))
    found = die_of(rack_file(with_map("{image: die.png, rescale: true}")))
    assert found.power is None
    assert found.shares == ((0.25, 0.75), (0.0, 0.0))


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "I;16"])
def test_every_kind_of_picture_means_the_same(mode: str) -> None:
    grey = np.array([[0, 40], [80, 120]], np.uint8)
    content = png(grey.astype(np.uint16) * 256) if mode == "I;16" else png(grey, mode)
    shares = read_tiles(content, "image", "die.png").shares
    assert np.array(shares) == pytest.approx(np.array([[1 / 3, 1 / 2], [0.0, 1 / 6]]))


def test_what_is_transparent_is_black() -> None:
    pixels = np.full((1, 2, 4), 255, np.uint8)
    pixels[0, 1, 3] = 0
    assert read_tiles(png(pixels), "image", "die.png").shares == ((1.0, 0.0),)


def test_a_map_is_found_beside_the_file_that_holds_the_part(rack_file: Load, tmp_path: Path) -> None:
    folder = tmp_path / "parts"
    folder.mkdir()
    (folder / "die.csv").write_text("700\n", encoding="utf-8")
    (folder / "gpus.yaml").write_text("parts:\n" + BODY.replace("MAP", "{csv: die.csv}"), encoding="utf-8")
    path = rack_file((GPU, ""), ("manifold:", "include: [parts/gpus.yaml]\nmanifold:"))
    assert die_of(path).power == 700.0


def test_a_map_can_be_set(rack_file: Load, tmp_path: Path) -> None:
    (tmp_path / "die.csv").write_text("600, 100\n", encoding="utf-8")
    path = rack_file(with_map("{blocks: [{width: 1 mm, length: 1 mm, power: 700 W}]}"))
    assert die_of(path, {"parts.gpu.body.chips[1].map": "{csv: die.csv}"}).shares == ((6 / 7, 1 / 7),)


def test_the_record_of_a_run_holds_the_digest(rack_file: Load, tmp_path: Path) -> None:
    path = rack_file(with_map("{csv: die.csv}"))
    (tmp_path / "die.csv").write_text("100, 600\n", encoding="utf-8")
    one = load_rack(path)
    (tmp_path / "die.csv").write_text("600, 100\n", encoding="utf-8")
    other = load_rack(path)
    assert one.sha256 != other.sha256
    assert "# --- power map die.csv, sha256 " in one.text
    assert str(tmp_path) not in one.text


def test_a_map_has_one_form(problem: Callable[..., Problem], tmp_path: Path) -> None:
    (tmp_path / "die.csv").write_text("700\n", encoding="utf-8")
    found = problem(with_map("{csv: die.csv, blocks: [{width: 1 mm, length: 1 mm, power: 700 W}]}"))
    assert found.wrong == "`blocks` and `csv` are given together"


def test_a_picture_has_no_watts(problem: Callable[..., Problem], tmp_path: Path) -> None:
    (tmp_path / "die.png").write_bytes(png(np.array([[1]], np.uint8)))
    found = problem(with_map("{image: die.png}"))
    assert (found.wrong, found.right) == ("a picture has no watts", "add `rescale: true`")


def test_a_csv_must_sum_to_the_power(problem: Callable[..., Problem], tmp_path: Path) -> None:
    (tmp_path / "die.csv").write_text("300, 300\n", encoding="utf-8")
    found = problem(with_map("{csv: die.csv}"))
    assert "sums to 600 W; its share of 1 of 700 W is 700 W" in found.wrong
    assert "rescale: true" in found.right


CSV_FAULTS = {
    "ragged": ("1, 2\n3\n", 2, 1, "this row has 1 entries, the first has 2", "as many entries"),
    "negative": ("1, 2\n3,  -4\n", 2, 5, "'-4' is no power", "watts from 0 up"),
    "not a number": ("1, 2\n3, nan\n", 2, 4, "'nan' is no power", "watts from 0 up"),
    "infinite": ("1, inf\n", 1, 4, "'inf' is no power", "watts from 0 up"),
    "heading": ("x, y\n1, 2\n", 1, 1, "'x' is no number", "without unit or heading"),
    "unit": ("1 W, 2\n", 1, 1, "'1 W' is no number", "without unit"),
    "empty entry": ("1,, 2\n", 1, 3, "'' is no number", "watts"),
}


@pytest.mark.parametrize("fault", CSV_FAULTS)
def test_a_faulty_entry_is_told_with_its_place(fault: str, problems: Problems, tmp_path: Path) -> None:
    text, line, column, wrong, right = CSV_FAULTS[fault]
    (tmp_path / "die.csv").write_text(text, encoding="utf-8")
    found = problems(with_map("{csv: die.csv}"))[0]
    assert (Path(found.file).name, found.line, found.column) == ("die.csv", line, column)
    assert found.path == "parts.gpu.body.chips[1].map.csv"
    assert wrong in found.wrong
    assert right in found.right


def test_all_faulty_entries_are_told_at_once(problems: Problems, tmp_path: Path) -> None:
    (tmp_path / "die.csv").write_text("1, -2\nx, 4\n5\n", encoding="utf-8")
    assert [problem.line for problem in problems(with_map("{csv: die.csv}"))] == [1, 2, 3]


def test_endless_faults_are_cut_short() -> None:
    with pytest.raises(InputError) as caught:
        read_tiles(b"-1\n" * 10_000, "csv", "die.csv")
    assert len(caught.value.problems) == 20


WHOLE_FAULTS = {
    "no heat": ("csv", b"0, 0\n0, 0\n", "every tile is zero"),
    "empty": ("csv", b"\n# nothing\n", "holds no rows"),
    "black": ("image", png(np.zeros((2, 2), np.uint8)), "every tile is zero"),
    "no picture": ("image", b"not a picture", "the picture cannot be read"),
    "broken picture": ("image", png(np.arange(4000, dtype=np.uint16).reshape(40, 100))[:300], "cannot be read"),
}


@pytest.mark.parametrize("fault", WHOLE_FAULTS)
def test_a_useless_file_is_told_where_it_is_named(fault: str, problem: Callable[..., Problem], tmp_path: Path) -> None:
    kind, content, wrong = WHOLE_FAULTS[fault]
    (tmp_path / "die.map").write_bytes(content)
    found = problem(with_map(f"{{{kind}: die.map, rescale: true}}"))
    assert Path(found.file).name == "small.yaml"
    assert found.line == 44
    assert found.path == f"parts.gpu.body.chips[1].map.{kind}"
    assert found.wrong.startswith("'die.map': ")
    assert wrong in found.wrong


def test_a_missing_file_is_told_with_its_near_name(problem: Callable[..., Problem], tmp_path: Path) -> None:
    (tmp_path / "die.csv").write_text("700\n", encoding="utf-8")
    found = problem(with_map("{csv: dye.csv}"))
    assert found.wrong == "'dye.csv': there is no such file"
    assert "die.csv" in found.right


@pytest.mark.parametrize("name", ["../outside.csv", "{root}/outside.csv", "link.csv"])
def test_a_map_lies_where_an_include_may(name: str, problem: Callable[..., Problem], tmp_path: Path) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}_elsewhere"
    outside.mkdir()
    (outside / "outside.csv").write_text("700\n", encoding="utf-8")
    (tmp_path / "link.csv").symlink_to(outside / "outside.csv")
    name = name.replace("..", f"../{outside.name}").replace("{root}", str(outside))
    assert "lies outside the allowed folders" in problem(with_map(f"{{csv: {name}}}")).wrong


def test_a_folder_is_no_map(problem: Callable[..., Problem], tmp_path: Path) -> None:
    (tmp_path / "maps").mkdir()
    found = problem(with_map("{csv: maps}"))
    assert "this is a folder" in found.wrong
    assert "CSV file" in found.right


def test_a_name_that_is_no_text_is_told(problem: Callable[..., Problem]) -> None:
    assert "5 is not a file name" in problem(with_map("{csv: 5}")).wrong


def test_too_many_tiles_are_counted_before_they_are_read() -> None:
    rows = MOST_TILES // 1000 + 1
    with pytest.raises(InputError, match="4,001 rows of 1,000 tiles, 4,001,000 in all; at most 4,000,000"):
        read_tiles(("x" + "," * 999 + "\n").encode() * rows, "csv", "die.csv")


def test_too_large_a_picture_is_not_decoded() -> None:
    stream = io.BytesIO()
    Image.new("1", (10_000, 10_000)).save(stream, "PNG")
    with pytest.raises(InputError, match="10,000 rows of 10,000 tiles, 100,000,000 in all"):
        read_tiles(stream.getvalue(), "image", "die.png")


def test_a_part_that_takes_the_body_over_tells_a_bad_map_once(problem: Callable[..., Problem], tmp_path: Path) -> None:
    (tmp_path / "die.csv").write_text("-700\n", encoding="utf-8")
    gpu, body = with_map("{csv: die.csv}")
    assert "is no power" in problem((gpu, f"{body}  other: {{extends: gpu, kind: package}}\n")).wrong
