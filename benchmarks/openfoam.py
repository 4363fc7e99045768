"""OpenFOAM as a peer, where it is installed: case files, a run in one process, the fields it leaves."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "CONTROL",
    "SCHEMES",
    "SOLUTION",
    "body",
    "cells_at",
    "installed",
    "read_field",
    "read_side",
    "run",
    "scaled",
    "steps",
    "write",
]

Floats = NDArray[np.float64]
HEADER = "FoamFile {{ version 2.0; format ascii; class {kind}; object {name}; }}\n"
CONTROL = """application simpleFoam;
startFrom startTime; startTime 0; stopAt endTime; endTime 20000; deltaT 1;
writeControl timeStep; writeInterval 1000000; writeFormat ascii; writePrecision 10; runTimeModifiable false;
"""
SCHEMES = """ddtSchemes {{ default steadyState; }}
gradSchemes {{ default Gauss linear; }}
divSchemes {{ default none; div(phi,U) bounded Gauss {convection}; div((nuEff*dev2(T(grad(U))))) Gauss linear; }}
laplacianSchemes {{ default Gauss linear orthogonal; }}
interpolationSchemes {{ default linear; }}
snGradSchemes {{ default orthogonal; }}
"""
# SIMPLEC from rest to initial residuals of 1e-6
SOLUTION = """solvers
{{
    p {{ solver GAMG; smoother {smoother}; tolerance {tolerance}; relTol 0.05; }}
    U {{ solver smoothSolver; smoother symGaussSeidel; tolerance {tolerance}; relTol 0.1; }}
}}
SIMPLE {{ consistent yes; {more} residualControl {{ p 1e-6; U 1e-6; }} }}
relaxationFactors {{ fields {{ p 1.0; }} equations {{ U 0.9; }} }}
"""
KINDS = {"U": "volVectorField", "phi": "surfaceScalarField", "g": "uniformDimensionedVectorField"} | dict.fromkeys(
    ("p", "p_rgh", "T"), "volScalarField"
)


def installed(*solvers: str) -> bool:
    """Whether its mesher, its steady solver and others that are named can be run here."""
    return all(shutil.which(name) is not None for name in ("blockMesh", "simpleFoam", *solvers))


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write the files of a case, each behind its header; names are relative to the case."""
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        header = HEADER.format(kind=KINDS.get(file.name, "dictionary"), name=file.name)
        file.write_text(header + text, encoding="ascii")


def run(program: str, folder: Path, *arguments: str) -> float:
    """Run one of its programs on a case and return its CPU time [s]; what it says goes to `<program>.log`."""
    found = shutil.which(program)
    assert found is not None
    with (folder / f"{program}.log").open("wb") as log:
        process = subprocess.Popen([found, *arguments], cwd=folder, stdout=log, stderr=log, env=_environment(found))  # noqa: S603 - found on the path
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, (folder / f"{program}.log").read_text()[-2000:]
    return used.ru_utime + used.ru_stime


def _environment(program: str) -> dict[str, str]:
    """Where it finds its own settings: as set already, or beside the program as distributions install it."""
    beside = Path(program).parent.parent / "share" / "openfoam"
    here = dict(os.environ)
    if beside.is_dir():
        here.setdefault("WM_PROJECT_DIR", str(beside))
    return here


def steps(folder: Path) -> int:
    """Return the last time, or iteration, that a steady run wrote."""
    return max(int(found.name) for found in folder.iterdir() if found.name.isdigit())


def read_field(file: Path) -> Floats:
    """Values in cells of a scalar or vector field, in the order of the mesh; (n,) or (n, 3)."""
    body = re.search(r"internalField\s+nonuniform\s+List<\w+>\s+\d+\s+\((.*?)\n\)\s*;", file.read_text(), re.DOTALL)
    assert body is not None
    text = body[1]
    columns = 3 if "(" in text else 1
    values = np.array(text.replace("(", " ").replace(")", " ").split(), np.float64)
    return values.reshape(-1, 3) if columns == 3 else values


def read_side(file: Path, side: str) -> Floats:
    """Values of a scalar field on the faces of one side; (n,)."""
    values = re.search(r"\bvalue\s+nonuniform\s+List<scalar>\s+\d+\s+\((.*?)\)", _side(file, side), re.DOTALL)
    assert values is not None
    return np.array(values[1].split(), np.float64)


def cells_at(mesh: Path, side: str) -> NDArray[np.int64]:
    """Cells behind the faces of one side, in their order; (n,)."""
    of_side = _side(mesh / "boundary", side)
    first, count = (int(re.findall(rf"\b{name}\s+(\d+);", of_side)[0]) for name in ("startFace", "nFaces"))
    owners = re.findall(r"\n\((.*)\n\)", (mesh / "owner").read_text(), re.DOTALL)[0].split()
    return np.array(owners[first : first + count], np.int64)


def _side(file: Path, side: str) -> str:
    found = re.search(rf"\n\s+{side}\s+{{(.*?)\n\s+}}", file.read_text(), re.DOTALL)
    assert found is not None
    return found[1]


def body(file: Path) -> str:
    """Text of a field that it wrote, without the header."""
    text = file.read_text()
    return text[text.index("\ndimensions") :]


def scaled(file: Path, factor: float, dimensions: str) -> str:
    """Text of a scalar field that it wrote, in other units."""
    text = re.sub(r"dimensions\s+\[.*?\]", f"dimensions {dimensions}", body(file))
    # one number a line in lists, or behind `uniform`
    number = re.compile(r"(?<=\n)-?[\d.]+(?:e[+-]?\d+)?(?=\n(?!\())|(?<= uniform )-?[\d.]+(?:e[+-]?\d+)?(?=;)")
    return number.sub(lambda found: repr(float(found[0]) * factor), text)
