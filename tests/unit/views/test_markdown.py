"""A report as Markdown: its tables hold the numbers, and its text stays text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thermal.errors import InputError
from thermal.views.chart.model import Chart, Series
from thermal.views.markdown import text, write
from thermal.views.pages.markdown_text import cell_text, plain_text
from thermal.views.report import Column, Linked, Report, ReportTable, Section, Text

HOSTILE = "<script>alert(1)</script> | **x** [a](b) `c` ~~d~~ $e$ &lt; _f_"


def table(*names: str) -> ReportTable:
    columns = [Column("name", "Part [-]"), Column("n", "Pieces", "integer"), Column("sum", "Sum", "money")]
    rows = [{"name": name, "n": 2, "sum": Linked(1234.5, "{n}*617.25")} for name in names]
    return ReportTable("t", "Table", columns, rows, sums=("n", "sum"), note="A note.")


def report(*blocks: Text | ReportTable | Chart) -> Report:
    return Report("Title", "", [Section("One", list(blocks))], {"version": "0.1.0"})


def chart() -> Chart:
    values = Series("flow", [1.25, 2.5])
    return Chart("flow", "bars", "Flow", "L/min", ["a", "b"], [values], description="From 1.25 to 2.5 L/min.")


def rendered(markdown: str) -> Any:
    """Tokens as GitHub's dialect reads them."""
    reader = pytest.importorskip("markdown_it", reason="needs markdown-it-py")
    return reader.MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown)


def words(tokens: Any) -> list[str]:
    """Text of each paragraph, heading and cell; raises where something is more than text."""
    lines = []
    for token in tokens:
        if token.type != "inline":
            continue
        kinds = {child.type for child in token.children}
        assert kinds <= {"text", "strong_open", "strong_close", "text_special", "softbreak"}, kinds
        lines.append("".join(child.content for child in token.children))
    return lines


def test_a_table_is_written_as_github_reads_it() -> None:
    lines = text(report(table("plate", "a | b"))).splitlines()
    start = lines.index("| Part [-] | Pieces | Sum |")
    assert lines[start + 1 : start + 5] == [
        "| --- | ---: | ---: |",
        "| plate | 2 | $1,234 |",
        "| a \\| b | 2 | $1,234 |",
        "| **Total** | **4** | **$2,469** |",
    ]
    assert "A note." in lines


def test_emphasis_is_a_quotation_that_begins_with_its_word() -> None:
    assert "> **Caution:** Little flow.\n>\n> At 40 °C.\n" in text(
        report(Text(["Little flow.", "At 40 °C."], "warning"))
    )


def test_a_chart_without_a_picture_is_told_in_numbers() -> None:
    without, with_one = text(report(chart())), text(report(chart()), {0: "x/flow.png"})
    assert "From 1.25 to 2.5 L/min." in without
    assert "| a | 1.25 |" in without
    assert "![From 1.25 to 2.5 L/min.](x/flow.png)" in with_one
    assert "| a | 1.25 |" not in with_one


def test_hostile_text_stays_text_everywhere() -> None:
    whole = Report(
        HOSTILE, HOSTILE, [Section(HOSTILE, [Text([HOSTILE, HOSTILE], "bad"), table(HOSTILE)])], {HOSTILE: "x"}
    )
    lines = words(rendered(text(whole)))
    assert sum(HOSTILE in line for line in lines) == 7
    with pytest.raises(AssertionError, match="html_inline"):
        words(rendered(text(whole).replace("&lt;", "<").replace("&gt;", ">")))


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=40))
def test_any_text_reads_as_it_was(raw: str) -> None:
    expected = " ".join(raw.split())
    paragraph = rendered(plain_text(raw))
    assert words(paragraph) == ([expected] if expected else [])
    assert [token.type for token in paragraph if token.nesting >= 0] == ["paragraph_open", "inline"] * bool(expected)
    cells = words(rendered(f"| h |\n| --- |\n| {cell_text(raw)} |\n"))
    assert cells == ["h", expected]


@pytest.mark.parametrize("line", ["# a", "- a", "+ a", "1. a", "12) a", "---", "===", "> a", "* a", "- - -", "    a"])
def test_a_line_never_begins_a_structure(line: str) -> None:
    assert [token.type for token in rendered(plain_text(line))] == ["paragraph_open", "inline", "paragraph_close"]
    assert words(rendered(plain_text(line))) == [line.strip()]


@pytest.mark.parametrize("link", ["[a](b)", "![a](b)", "[a][b]", "[a]: b", "[a]:b"])
def test_brackets_make_no_link_and_are_left_alone_otherwise(link: str) -> None:
    assert words(rendered(f"{plain_text(link)}\n\n{plain_text('see [a] and [b]')}")) == [link, "see [a] and [b]"]
    assert plain_text("compute[1]/gpu[2]") == "compute[1]/gpu[2]"


def test_dollars_in_pairs_are_no_formula() -> None:
    assert plain_text("from $5 to $6") == "from \\$5 to \\$6"
    assert plain_text("a total of $5") == "a total of $5"


def test_pictures_lie_in_a_folder_beside_the_file(tmp_path: Path) -> None:
    file = tmp_path / "my report.md"
    write(report(chart()), file)
    write(report(chart()), file)  # again, over the first
    assert "](my%20report_files/flow.png)" in file.read_text(encoding="utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["my report.md", "my report_files"]
    assert sorted(path.name for path in (tmp_path / "my report_files").iterdir()) == ["flow.png", "flow.svg"]


def test_a_file_in_the_way_of_the_folder_is_an_error_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "out_files").write_text("mine")
    with pytest.raises(InputError, match=r"out_files.*could not be written"):
        write(report(chart()), tmp_path / "out.md")
    assert [path.name for path in tmp_path.iterdir()] == ["out_files"]
