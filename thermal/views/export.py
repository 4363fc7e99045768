"""A run or a resolved cold plate as a file for other programs, by the file's ending: ParaView, CAD, tables, netCDF."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from thermal.errors import InputError, Problem
from thermal.results.dataset import Results
from thermal.results.resolved_file import Resolved, is_resolved, load_resolved
from thermal.results.whole_file import check_file, written_file
from thermal.views.exports.gltf import write_glb
from thermal.views.exports.mesh import write_stl, write_vtm, write_vtu
from thermal.views.exports.planes import write_vtr
from thermal.views.exports.resolved import FORMATS as RESOLVED_FORMATS
from thermal.views.exports.resolved import Format as ResolvedFormat
from thermal.views.exports.tables import write_netcdf, write_planes_csv, write_run_csv
from thermal.views.scene import rack_scene
from thermal.views.scenes.resolved import named_field

__all__ = ["FORMATS", "RESOLVED_FORMATS", "Format", "export", "export_resolved", "export_run"]

OPTION = "--to"
BLOCKS = frozenset({".vtu", ".vtp", ".vtr", ".vti", ".vts", ".vtm"})  # files of a folder that a .vtm goes with

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


Titled = TypeVar("Titled", Format, ResolvedFormat)


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
    ending, chosen = _known(file, FORMATS)
    if plate is None and chosen.run is None:
        right = "name one with --plate, such as 'compute[1]/module[1]/gpu_plate[1]'"
        raise _problem(file, OPTION, f"{ending} holds one plate", right)
    if plate is not None and chosen.plate is None:
        able = ", ".join(name for name, one in FORMATS.items() if one.plate is not None)
        raise _problem(file, "--plate", f"{ending} holds the whole run", f"leave --plate out, or end in {able}")
    return _target(file, ending)


def _known(file: str | Path, formats: Mapping[str, Titled]) -> tuple[str, Titled]:
    """Return the ending of a file and what it stands for; refuse one that stands for nothing."""
    ending = Path(file).suffix.lower()
    if ending not in formats:
        known = "; ".join(f"{name} ({one.title})" for name, one in formats.items())
        wrong = f"nothing is exported to {ending or 'a file without an ending'}"
        raise _problem(file, OPTION, wrong, f"end in {known}")
    return ending, formats[ending]


def _target(file: str | Path, ending: str) -> Path:
    """Return the file resolved, once sure that it, and a folder that goes with it, may be written."""
    target = check_file(file, OPTION)
    if ending == ".vtm":
        _check_folder(file, target)
    return target


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
    ending, chosen = _known(file, RESOLVED_FORMATS)
    if field is not None:
        if chosen.whole:
            raise _problem(file, "--field", f"{ending} holds all fields", "leave --field out")
        named_field(resolved, field)
    return _written(file, _target(file, ending), lambda path: chosen.write(resolved, field, path))


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
            raise _problem(run, "--plate", "a resolved cold plate is one plate", "leave --plate out, or give --field")
        return export_resolved(load_resolved(run), file, field)
    if field is not None:
        raise _problem(run, "--field", "is no resolved cold plate, the only thing with fields", "leave --field out")
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

    return _written(file, target, write)


def _written(file: str | Path, target: Path, write: Callable[[Path], None]) -> Path:
    """Write a file, and the folder that goes with a ``.vtm``, whole or not at all; return where it is."""
    if target.suffix.lower() == ".vtm":
        _with_folder(file, target, write)
        return target
    with written_file(target, OPTION) as draft:
        write(draft)
    return target


def _with_folder(file: str | Path, target: Path, write: Callable[[Path], None]) -> None:
    """Write a file and the folder that goes with it aside, then put both in place: the folder first, the file last."""
    try:
        with tempfile.TemporaryDirectory(prefix=f".{target.stem[:100]}-", dir=target.parent) as name:
            aside = Path(name)
            write(aside / target.name)
            if not (aside / target.name).is_file():
                raise _problem(file, OPTION, "could not be written", "free space or choose another file")
            folder, earlier = target.with_suffix(""), aside / "earlier"
            _check_folder(file, target)  # made while ours was written
            if folder.exists():
                folder.replace(earlier)
            try:
                (aside / target.stem).replace(folder)
                (aside / target.name).replace(target)
            except OSError:
                if earlier.exists():
                    shutil.rmtree(folder, ignore_errors=True)
                    with suppress(OSError):
                        earlier.replace(folder)
                raise
    except OSError as error:
        raise _problem(file, OPTION, f"could not be written ({error})", "free space or choose another file") from error


def _check_folder(file: str | Path, target: Path) -> None:
    """Refuse a folder beside a ``.vtm`` that holds anything but the blocks of an earlier one."""
    folder = target.with_suffix("")
    if not os.path.lexists(folder):
        return
    ours = folder.is_dir() and not folder.is_symlink() and all(one.suffix in BLOCKS for one in folder.iterdir())
    if not ours or not target.exists():
        wrong = f"its blocks go to the folder {folder.name} beside it, where something else is"
        raise _problem(file, OPTION, wrong, "give another name, or move that folder away")


def _problem(file: str | Path, path: str, wrong: str, right: str) -> InputError:
    return InputError([Problem(str(file), 0, 0, path, wrong, right)])
