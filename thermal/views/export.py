"""A run or a resolved cold plate as a file for other programs, by the file's ending: ParaView, CAD, tables, netCDF."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from thermal.results.dataset import Results
from thermal.results.resolved_file import Resolved, is_resolved, load_resolved
from thermal.views.exports.gltf import write_glb
from thermal.views.exports.mesh import write_stl, write_vtm, write_vtu
from thermal.views.exports.planes import write_vtr
from thermal.views.exports.resolved import FORMATS as RESOLVED_FORMATS
from thermal.views.exports.tables import write_netcdf, write_planes_csv, write_run_csv
from thermal.views.exports.target import OPTION, known_ending, problem, target_of, written
from thermal.views.scene import rack_scene
from thermal.views.scenes.resolved import named_field

__all__ = ["FORMATS", "RESOLVED_FORMATS", "Format", "export", "export_resolved", "export_run"]

Write = Callable[[Results, Path], None]
WritePlate = Callable[[Results, Path, str], None]


@dataclass(frozen=True, slots=True)
class Format:
    """What an ending stands for.

    Parameters
    ----------
    title : str
        What is written, in a line.
    run : callable or None
        Writes a whole run; None where a plate has to be named.
    plate : callable or None
        Writes one plate; None where it cannot.
    volumes : bool
        Whether volumes of plates belong in it: of a plate they must be there, of a run they may.
    """

    title: str
    run: Write | None = None
    plate: WritePlate | None = None
    volumes: bool = False


def _write_glb(results: Results, file: Path) -> None:
    summary = results.summary
    about = {"rack": summary["rack"], "fidelity": summary["fidelity"], "version": summary["version"]}
    write_glb(rack_scene(results), file, about)


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        ".vtm": Format("ParaView: every part a named block with its numbers, planes of the plates", write_vtm),
        ".vtu": Format("ParaView, meshio: all parts as one unstructured grid", write_vtu),
        ".vtr": Format(
            "ParaView: the volume of one plate (--plate; a run stored with --volumes)", None, write_vtr, True
        ),
        ".glb": Format("web pages and CAD viewers: the coloured scene as glTF, named nodes", _write_glb),
        ".stl": Format("CAD: bare surfaces in millimetres", write_stl),
        ".csv": Format(
            "spreadsheets: one long table; with --plate the cells of its planes", write_run_csv, write_planes_csv
        ),
        ".nc": Format("netCDF: all tables in SI, fields of the plates as groups", write_netcdf, None, True),
    }
)


def check_export(file: str | Path, plate: str | None = None) -> Path:
    """Return the file resolved, once sure that such an export is possible and may be written there.

    Raises
    ------
    InputError
        For an ending that stands for nothing, a plate where none is taken or none where one is needed, or a file that
        cannot be written.
    """
    ending, chosen = known_ending(file, FORMATS)
    if plate is None and chosen.run is None:
        right = "name one with --plate, such as 'compute[1]/module[1]/gpu_plate[1]'"
        raise problem(file, OPTION, f"{ending} holds one plate", right)
    if plate is not None and chosen.plate is None:
        able = ", ".join(name for name, one in FORMATS.items() if one.plate is not None)
        raise problem(file, "--plate", f"{ending} holds the whole run", f"leave --plate out, or end in {able}")
    return target_of(file, ending)


def export_resolved(resolved: Resolved, file: str | Path, field: str | None = None) -> Path:
    """Write a resolved cold plate, or one field of it, in the form that the file's ending stands for; whole or not.

    Parameters
    ----------
    resolved : Resolved
        The result.
    file : str or Path
        The target; an earlier file is replaced. A ``.vtm`` comes with a folder of the same name beside it.
    field : str, optional
        Name of a field; without, the first one, or all in ``.vtm`` and ``.nc``.

    Returns
    -------
    Path
        Where it is.

    Raises
    ------
    InputError
        For an ending that stands for nothing (`RESOLVED_FORMATS` lists them), a file that cannot be written, or a field
        that there is not.
    """
    ending, chosen = known_ending(file, RESOLVED_FORMATS)
    if field is not None:
        if chosen.whole:
            raise problem(file, "--field", f"{ending} holds all fields", "leave --field out")
        named_field(resolved, field)
    return written(file, target_of(file, ending), lambda path: chosen.write(resolved, field, path))


def export_run(run: str | Path, file: str | Path, plate: str | None = None, field: str | None = None) -> Path:
    """Read a stored run or resolved cold plate and write it to a file; see `export` and `export_resolved`.

    Raises
    ------
    InputError
        As of those, what is stored cannot be read, or a plate is named of the one or a field of the other.
    """
    from thermal.results.store import VOLUMES, load

    if is_resolved(run):
        if plate is not None:
            raise problem(run, "--plate", "a resolved cold plate is one plate", "leave --plate out, or give --field")
        return export_resolved(load_resolved(run), file, field)
    if field is not None:
        raise problem(run, "--field", "is no resolved cold plate, the only thing with fields", "leave --field out")
    target = check_export(file, plate)
    wanted = FORMATS[target.suffix.lower()].volumes
    needed = plate is not None or (Path(run).expanduser() / VOLUMES).is_file()
    return export(load(run, volumes=wanted and needed), target, plate)


def export(results: Results, file: str | Path, plate: str | None = None) -> Path:
    """Write a run, or one plate of it, in the form that the file's ending stands for; whole or not at all.

    Parameters
    ----------
    results : Results
        The run.
    file : str or Path
        The target; an earlier file is replaced. A ``.vtm`` comes with a folder of the same name beside it.
    plate : str, optional
        Path of a plate, for ``.vtr`` and ``.csv``.

    Returns
    -------
    Path
        Where it is.

    Raises
    ------
    InputError
        For an ending that stands for nothing (`FORMATS` lists them), a file that cannot be written, a run that does
        not hold what is asked for.
    """
    target = check_export(file, plate)
    chosen = FORMATS[target.suffix.lower()]

    def write(path: Path) -> None:
        if plate is not None and chosen.plate is not None:
            chosen.plate(results, path, plate)
        elif chosen.run is not None:
            chosen.run(results, path)

    return written(file, target, write)
