"""A solved field as a file for other programs or as a picture, in one call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from thermal import __version__
from thermal.fv.boundary import SIDES
from thermal.fv.field import Field
from thermal.fv.flow_accounts import side_flow
from thermal.fv.flow_field import AXES, FlowField
from thermal.fv.flow_lines import Streamlines
from thermal.fv.grid import Floats
from thermal.fv.refusal import Fault, refuse, shown
from thermal.results.resolved_file import FlowLines, Resolved, ResolvedField, along_lines
from thermal.views.exports.resolved import FORMATS as CELLS
from thermal.views.exports.resolved import Format
from thermal.views.exports.target import known_ending, target_of, written
from thermal.views.scenes.cells import cells_scene

__all__ = ["FORMATS", "write_field"]

LINES = 40  # streamlines where none are given and something flows in


def _png(resolved: Resolved, _: str | None, file: Path) -> None:
    from thermal.views.picture import png_bytes, size_for

    scene = cells_scene(resolved)
    file.write_bytes(png_bytes(scene, size_for(scene)))


def _html(resolved: Resolved, _: str | None, file: Path) -> None:
    from thermal.views.scenes.page import page

    file.write_text(page(cells_scene(resolved)), encoding="utf-8")


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        **{ending: form for ending, form in CELLS.items() if ending not in (".glb", ".stl")},  # scenes of cold plates
        ".png": Format("a picture", _png),
        ".html": Format("a page to turn and zoom the picture", _html),
    }
)


def write_field(
    field: Field | FlowField,
    file: str | Path,
    *,
    flow: FlowField | None = None,
    lines: Streamlines | None = None,
    title: str = "",
) -> Path:
    """Write a solved field to a file, in the form that the file's ending stands for; whole or not at all.

    Parameters
    ----------
    field : FlowField or Field
        What `thermal.fv.solve_flow`, `march_flow` or `solve` returned.
    file : str or Path
        The target; an earlier file is replaced. ``.vtr``, ``.vtu``, ``.vtm`` (with a folder of the same name beside
        it) and, for streamlines, ``.vtp`` open in ParaView; ``.nc`` (SI), ``.csv``; ``.png`` and ``.html`` are drawn.
    flow : FlowField, optional
        With temperatures: the flow that carries the heat, on the same grid.
    lines : Streamlines, optional
        As ``flow.streamlines(…)`` returns; without, 40 spread over what flows in, none where nothing does.
    title : str, optional
        What it is, for pictures and notes in the file.

    Returns
    -------
    Path
        Where it is.

    Raises
    ------
    InputError
        No field; a flow on another grid; an ending that stands for nothing (`FORMATS` lists them); a file that cannot
        be written; ``.vtp`` where no streamlines are given and nothing flows in.

    Notes
    -----
    Cells hold ``temperature`` [degC], ``pressure`` (`FlowField.p`) [Pa], ``velocity`` (x, y, z, the mean of the two
    faces across each direction) and ``speed`` [m/s], ``fluid`` (0 in blocked cells and solids, where the pressure is
    NaN) and ``material``, as far as they are known; positions are in metres (``.csv``: mm). Temperatures of the coolant
    in zones of `ConductionProblem.add_coolant` are not among them: see `Field.coolant`.

    Examples
    --------
    >>> from thermal.fv import FlowProblem, Grid, solve_flow
    >>> cavity = FlowProblem(Grid.uniform((1.0, 1.0, 1.0), (8, 8, 1)), density=1.0, viscosity=0.01)
    >>> cavity.wall("y_max", velocity=(1.0, 0.0, 0.0))
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_field(solve_flow(cavity), f"{folder}/cavity.vtr").name
    'cavity.vtr'
    """
    refuse("write_field", _faults(field, file, flow, lines))
    ending, form = known_ending(file, FORMATS, "file")
    target = target_of(file, ending, "file")
    moving = field if isinstance(field, FlowField) else flow
    if lines is None and moving is not None and (ending == ".vtp" or _flows_in(moving)):
        lines = moving.streamlines(LINES)  # of nothing that flows in it tells what to give instead
    resolved = _resolved(field if isinstance(field, Field) else None, moving, lines, title)
    return written(file, target, lambda path: form.write(resolved, None, path), "file")


def _faults(field: object, file: object, flow: object, lines: object) -> Iterator[Fault]:
    """Yield what is wrong with the arguments."""
    if not isinstance(field, Field | FlowField):
        yield "field", shown(field), "give what solve or solve_flow returns, or one that march_flow yields"
    if not isinstance(file, str | Path):
        yield "file", shown(file), "give the name of a file"
    if flow is not None and not isinstance(flow, FlowField):
        yield "flow", shown(flow), "give a FlowField"
    elif isinstance(field, FlowField) and flow is not None:
        yield "flow", "the field is a flow itself", "give temperatures and their flow, or leave it out"
    elif isinstance(field, Field) and isinstance(flow, FlowField):
        pairs = zip(AXES, field.grid.faces, flow.grid.faces, strict=True)
        other = [name for name, row, given in pairs if not np.array_equal(row, given)]
        if other:
            yield "flow", f"a flow on other cells along {', '.join(other)}", "give the flow on the grid of the field"
    if lines is not None and not isinstance(lines, Streamlines):
        yield "lines", shown(lines), "give what flow.streamlines(…) returns"
    elif lines is not None and isinstance(field, Field) and flow is None:
        yield "lines", "streamlines without a flow", "give the flow as well"


def _flows_in(flow: FlowField) -> bool:
    """Whether fluid comes in through any side."""
    return any(bool((side_flow(flow.input, flow.velocity, side) > 0.0).any()) for side in SIDES)


def _resolved(field: Field | None, flow: FlowField | None, lines: Streamlines | None, title: str) -> Resolved:
    """Return fields as those of stored results; NaN where one is not known."""
    grid = next(one.grid for one in (field, flow) if one is not None)
    nothing = np.broadcast_to(np.nan, grid.shape)
    fluid = np.zeros(grid.shape, bool) if flow is None else flow.input.fluid
    temperature = nothing if field is None else field.temperature
    nz, ny, nx = grid.shape
    instant = "" if flow is None or flow.time is None else f", {flow.time:g} s"
    one = ResolvedField(
        title=f"{nx} × {ny} × {nz} cells{instant}",
        x_faces=grid.faces.x, y_faces=grid.faces.y, z_faces=grid.faces.z,
        temperature=temperature,
        pressure=nothing if flow is None else np.where(fluid, flow.p, np.nan),
        velocity=np.zeros((3, *grid.shape)) if flow is None else flow.cell_velocity,
        fluid=fluid,
        material=np.where(fluid, 1, 0).astype(np.int8),
        materials=("blocked" if field is None else "solid", "fluid"),
        along="x" if flow is None else AXES[flow.sections.axis],
        lines=None if lines is None else _lines(grid.faces, temperature, lines),
    )  # fmt: skip
    names = {"title": title or ("flow" if field is None else "temperature"), "part": "", "coolant": ""}
    return Resolved({**names, "version": __version__}, {"field": one})


def _lines(faces: Any, temperature: Floats, lines: Streamlines) -> FlowLines:
    """Return streamlines with the temperature along them."""
    points, start = np.asarray(lines.points), np.asarray(lines.start)
    along = along_lines(faces, temperature, points, start)
    return FlowLines(points, start, np.asarray(lines.speed), np.asarray(lines.time), along)
