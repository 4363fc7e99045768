"""A report written by the ending of its file: a page, a workbook or Markdown."""

from __future__ import annotations

import os
from pathlib import Path

from thermal.errors import InputError, Problem
from thermal.views.report import Report

__all__ = ["ENDINGS", "check_charts", "check_report", "write_charts", "write_report"]

ENDINGS = (".html", ".htm", ".xlsx", ".md")
REPORT, CHARTS = "--report", "--charts"


def check_report(file: str | Path) -> Path:
    """Return the file resolved, once sure that a report may be written there; meant for before the work.

    Raises
    ------
    InputError
        For another ending, or a file that cannot be written.
    """
    from thermal.results.whole_file import check_file

    ending = Path(file).suffix.lower()
    if ending not in ENDINGS:
        wrong = f"{f'the ending {ending!r}' if ending else 'a name without an ending'} says nothing of the form wanted"
        raise InputError([Problem(str(file), 0, 0, REPORT, wrong, f"end it in one of {', '.join(ENDINGS)}")])
    return check_file(file, REPORT)


def write_report(report: Report, file: str | Path) -> None:
    """Write a report whole or not at all.

    Parameters
    ----------
    report : Report
        What it says.
    file : str or Path
        ``.html`` or ``.htm`` gives one self-contained page, ``.xlsx`` a workbook, ``.md`` Markdown with its charts in
        the folder ``<stem>_files`` beside it.

    Raises
    ------
    InputError
        For another ending, or a file that cannot be written.
    """
    target = check_report(file)
    ending = target.suffix.lower()
    if ending == ".xlsx":
        from thermal.views import xlsx

        xlsx.write(report, target)
    elif ending == ".md":
        from thermal.views import markdown

        markdown.write(report, target)
    else:
        from thermal.views import html

        html.write(report, target)


def check_charts(folder: str | Path) -> Path:
    """Return the folder resolved, once sure that files may be made in it; meant for before the work.

    Raises
    ------
    InputError
        When it is a file, or cannot be made or written.
    """
    try:
        target = Path(folder).expanduser().resolve()
        if target.exists() and not target.is_dir():
            raise _refused(folder, "is a file", "give the name of a folder, new or not")
        above = next(parent for parent in (target, *target.parents) if parent.exists())
    except (OSError, ValueError, RuntimeError) as error:
        if isinstance(error, InputError):
            raise
        raise _refused(folder, f"cannot be used ({error})", "choose another folder") from error
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        raise _refused(folder, f"cannot be made in {above}", "give a folder that you may write")
    return target


def write_charts(report: Report, folder: str | Path) -> int:
    """Write every chart of a report as PNG and SVG; other files of the folder are left alone.

    Returns
    -------
    int
        Number of charts.

    Raises
    ------
    InputError
        When the folder cannot be written.
    """
    from thermal.views.charts import chart_files

    target = check_charts(folder)
    try:
        for chart in report.charts:
            chart_files(chart, target)
    except OSError as error:
        raise _refused(folder, f"could not be written ({error})", "free space or choose another") from error
    return len(report.charts)


def _refused(folder: str | Path, wrong: str, right: str) -> InputError:
    return InputError([Problem(str(folder), 0, 0, CHARTS, wrong, right)])
