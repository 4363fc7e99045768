"""The three-dimensional scenes of a report as pictures on a sheet."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from thermal.errors import ThermalError
from thermal.views.report import Report
from thermal.views.scenes.model import Scene
from thermal.views.workbook.styles import Styles

__all__ = ["pictures_sheet", "scenes_of"]

_SIZE = (1600, 1000)  # pixels drawn
_SHOWN = 0.6  # of them on the sheet, so that they stay sharp in print
_ROW = 20  # pixels


def scenes_of(report: Report) -> tuple[Scene, ...]:
    """Return the scenes of a report in reading order."""
    return tuple(block for section in report.sections for block in section.blocks if isinstance(block, Scene))


def pictures_sheet(sheet: Any, scenes: Sequence[Scene], styles: Styles, contents: str) -> None:
    """Draw the scenes below each other; where nothing can draw them, say so."""
    from thermal.views.picture import png_bytes

    sheet.hide_gridlines(2)
    sheet.set_column(0, 12, 12)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_print_scale(64)  # one to a page, with room for wider letters than a spreadsheet's own
    sheet.write_string(0, 0, "Pictures", styles("title"))
    sheet.write_url(1, 0, f"internal:'{contents}'!A1", styles("link"), f"← {contents}")
    row, breaks = 3, []
    for number, scene in enumerate(scenes, start=1):
        try:
            drawn = png_bytes(scene, _SIZE)
        except ThermalError as error:
            sheet.write_string(row, 0, scene.title, styles("label"))
            sheet.write_string(row + 1, 0, f"left out: {error}", styles("subtitle"))
            row += 3
            continue
        # The picture holds title and subtitle itself.
        options = {"image_data": io.BytesIO(drawn), "x_scale": _SHOWN, "y_scale": _SHOWN}
        sheet.insert_image(row, 0, f"{number}.png", options | {"description": scene.description or scene.title})
        row += round(_SIZE[1] * _SHOWN) // _ROW + 2
        breaks.append(row)
    sheet.set_h_pagebreaks(breaks[:-1])
