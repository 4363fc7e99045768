"""``thermal export``: a stored run or resolved cold plate as a file for other programs."""

from __future__ import annotations

from pathlib import Path

import click

from thermal.cli import options
from thermal.cli.output import print_json

EPILOG = """\b
By the ending of FILE:
  .vtm   ParaView: every part a named block with its numbers, planes of the plates
  .vtu   ParaView, meshio: all parts as one unstructured grid
  .vtr   ParaView: the volume of one plate (--plate; a run stored with --volumes)
  .glb   web pages and CAD viewers: the coloured scene as glTF, named nodes
  .stl   CAD: bare surfaces in millimetres
  .csv   spreadsheets: one long table; with --plate the cells of its planes
  .nc    netCDF: all tables in SI, fields of the plates as groups

\b
Of a resolved cold plate:
  .vtm   ParaView: blocks of solid, coolant and streamlines
  .vtr   ParaView: the cells; .vtu the same as an unstructured grid
  .vtp   ParaView: the streamlines
  .glb   web pages and CAD viewers: the coloured scene as glTF, not to scale
  .stl   CAD: bare surfaces of the solid in millimetres
  .csv   spreadsheets: every cell
  .nc    netCDF: all fields in SI

\b
Examples:
  thermal simulate gb300_nvl72 --fidelity plate --out runs/gb300
  thermal export runs/gb300 --to gb300.vtm
  thermal export runs/gb300 --to gb300.glb
  thermal export runs/gb300 --to plane.csv --plate "compute[18]/module[1]/gpu_plate[2]"
  thermal coldplate gb300_gpu_plate --fidelity resolved --out runs/fin
  thermal export runs/fin --to fin.vtm
"""


@click.command("export", short_help="A stored run for ParaView, CAD, web viewers, spreadsheets.", epilog=EPILOG)
@click.argument("run", metavar="RUN", type=click.Path(path_type=Path))
@click.option("--to", "file", metavar="FILE", type=click.Path(path_type=Path), required=True, help="What to write.")
@click.option("--plate", metavar="PATH", help="Only this cold plate, for .vtr and .csv.")
@click.option("--field", metavar="NAME", help="This field of a resolved cold plate. Default: the first, or all.")
@options.json_output
@options.quiet
@options.debug
def command(run: Path, *, file: Path, plate: str | None, field: str | None, as_json: bool, quiet: bool) -> None:
    """Write RUN, a folder that `thermal simulate` or `thermal coldplate` made with --out, to a file for other programs.

    Lengths are metres (.stl: millimetres), x to the right, y from front to rear, z up, from the rack's front left
    corner at the floor; numbers are in the units that `thermal simulate` shows (.nc: SI), named in the file. A resolved
    cold plate stands in its own axes, z up from the package.
    """
    from thermal.views.export import export_run

    written = export_run(run, file, plate, field)
    if as_json:
        print_json({"run": str(run), "file": str(file), "bytes": written.stat().st_size})
    elif not quiet:
        click.echo(f"  exported   {file}")
