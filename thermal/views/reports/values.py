"""Where the numbers of a report come from: every value in use with its range, basis and source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from thermal.rack.used_values import UsedValue
from thermal.views.report import Cell, Column, ReportTable, Text

__all__ = ["values_summary", "values_table"]


def values_table(values: Mapping[str, Sequence[UsedValue]]) -> ReportTable:
    """Return every value that the racks use; a value that several racks share in the same words stands once.

    Parameters
    ----------
    values : mapping of str to sequence of UsedValue
        By rack.
    """
    shared: dict[UsedValue, list[str]] = {}
    for rack, used in values.items():
        for value in used:
            shared.setdefault(value, []).append(rack)
    rows: list[dict[str, Cell]] = [
        {
            "of": value.of,
            "what": value.what,
            "text": value.text,
            "range": _range(value),
            "basis": value.basis,
            "source": value.source or None,
            "racks": ", ".join(racks),
            "path": value.path,
        }
        for value, racks in shared.items()
    ]
    columns = [
        Column("of", "Part or section"),
        Column("what", "Value"),
        Column("text", "As written"),
        Column("range", "Low to high"),
        Column("basis", "Basis"),
        Column("source", "Source"),
        Column("racks", "Racks"),
        Column("path", "Path, as --set takes it"),
    ]
    if len(values) < 2:
        columns = [column for column in columns if column.key != "racks"]
    note = (
        "published: a maker's or OCP's document; estimate: analyst or broker; article: engineering article; inferred: "
        "arithmetic on those; fitted: chosen so that a sum closes; assumed: nobody says."
    )
    return ReportTable("values", "Values with their basis", columns, rows, note=note)


def values_summary(values: Mapping[str, Sequence[UsedValue]]) -> Text:
    """Say how many values stand on which basis."""
    paragraphs = []
    for rack, used in values.items():
        counts = Counter(value.basis for value in used)
        listed = ", ".join(f"{count} {basis}" for basis, count in counts.most_common())
        paragraphs.append(f"{rack} uses {len(used)} values: {listed}.")
    return Text(tuple(paragraphs))


def _range(value: UsedValue) -> str | None:
    if value.low is None and value.high is None:
        return None
    low, high = ("…" if end is None else f"{end:.4g}" for end in (value.low, value.high))
    return f"{low} to {high} {value.unit}".rstrip()
