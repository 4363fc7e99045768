"""What ``--report`` and ``--charts`` do, the same in every command that has them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from thermal.cli.output import progress

if TYPE_CHECKING:
    from thermal.views.report import Report

__all__ = ["check_reports", "write_reports"]


def check_reports(report: Path | None, charts: Path | None) -> None:
    """Refuse targets that cannot be written, before the work and not after."""
    if report is None and charts is None:
        return
    from thermal.views.reports.file import check_charts, check_report

    if report is not None:
        check_report(report)
    if charts is not None:
        check_charts(charts)


def write_reports(
    make: Callable[[], Report], report: Path | None, charts: Path | None, *, quiet: bool, as_json: bool
) -> None:
    """Make the report where one of the two asks for it, write it, and say where."""
    if report is None and charts is None:
        return
    from thermal.views.reports.file import write_charts, write_report

    told = " and ".join(name for name, target in (("report", report), ("charts", charts)) if target is not None)
    if not quiet:
        progress(f"writing the {told} …")
    made = make()
    lines = []
    if report is not None:
        write_report(made, report)
        lines.append(f"  report     {report}")
    if charts is not None:
        count = write_charts(made, charts)
        lines.append(f"  charts     {charts}: {count}, each as PNG and SVG")
    if not quiet and not as_json:
        click.echo("\n".join(lines))
