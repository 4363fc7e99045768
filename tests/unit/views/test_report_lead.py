"""What a comparison's report says first: only bills that are whole and by books written for both racks."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from tests.unit.views.report_samples import A, B, content
from thermal.views.report import Report, Text
from thermal.views.reports.compare import compare_report


def told(plain: dict[str, Any]) -> tuple[str, list[str]]:
    """Return the first paragraph, and the others of the first section."""
    report: Report = compare_report(plain, [])
    paragraphs = [text for block in report.sections[0].blocks if isinstance(block, Text) for text in block.paragraphs]
    return paragraphs[0], paragraphs[1:]


def test_whole_bills_lead() -> None:
    first, others = told(content())
    assert first.startswith("Cooling content by avc_broker_2025: ")
    assert not any("Partial" in text or "not written for" in text for text in others)


def lacking(plain: dict[str, Any]) -> None:
    plain["differences"][0]["complete"] = False


def empty(plain: dict[str, Any]) -> None:
    next(bill for bill in plain["bills"] if bill["rack"] == A)["nothing_in_scope"] = True


def applied(plain: dict[str, Any]) -> None:
    for book in plain["books"]:
        for entry in book["racks"]:
            entry["written_for"] = entry["written_for"] and entry["rack"] != B


@pytest.mark.parametrize(
    ("change", "reason"),
    [(lacking, "Partial: the book lacks prices"), (empty, f"nothing of {A}"), (applied, f"not written for {B}")],
)
def test_other_bills_come_last_and_say_why(change: Any, reason: str) -> None:
    plain = deepcopy(content())
    change(plain)
    first, others = told(plain)
    assert first.startswith("From NVIDIA GB300 NVL72 to ")
    assert others[-1].startswith("Cooling content by avc_broker_2025: ")
    assert reason in others[-1]
