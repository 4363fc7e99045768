"""Rules of the house that a reader would otherwise have to check by eye."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import thermal
from thermal.cli.group import COMMANDS

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "thermal").rglob("*.py"))
SOURCES = [*MODULES, *sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "examples").rglob("*.py"))]


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def loaded_after(statement: str) -> set[str]:
    """Modules in a fresh interpreter after a statement."""
    code = f"{statement}\nimport sys, json; print(json.dumps(list(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(json.loads(run.stdout.splitlines()[-1]))


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_no_file_is_over_400_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_each_module_opens_with_one_sentence(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    assert docstring.splitlines()[0].endswith((".", "?", "!"))


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_no_file_is_a_drawer_for_everything(path: Path) -> None:
    assert path.stem not in {"utils", "helpers", "common", "misc", "tools"}


def test_importing_thermal_is_light() -> None:
    heavy = {"numpy", "numba", "pydantic", "scipy", "xarray", "yaml", "units_llnl"}
    assert not heavy & loaded_after("import thermal")
    assert heavy & loaded_after("import thermal; thermal.Results")  # the check can fail


@pytest.mark.parametrize(
    "command",
    ["--help", *(f"{name} --help" for name in COMMANDS)],
)
def test_help_waits_for_nothing_heavy(command: str) -> None:
    loaded = loaded_after(f"import thermal.cli\nassert thermal.cli.run({command.split()!r}) == 0")
    assert "thermal.cli.group" in loaded
    assert not {"numpy", "numba", "pydantic", "scipy", "xarray", *DRAWING} & loaded


DRAWING = ("pyvista", "vtkmodules", "matplotlib", "plotly", "jinja2", "xlsxwriter", "trimesh")
VIEWS = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in (ROOT / "thermal/views").rglob("[a-z]*.py")]


@pytest.mark.parametrize("module", [*VIEWS, "thermal.cli", "thermal.results.store"])
def test_a_stored_run_is_viewed_without_a_solver(module: str) -> None:
    loaded = loaded_after(f"import {module}")
    assert module in loaded
    assert not {"numba", "llvmlite", "thermal.simulation", "thermal.hydraulics"} & loaded
    assert not set(DRAWING) & loaded  # before anything is drawn


def test_public_names_resolve_on_first_use() -> None:
    assert {"load_rack", "simulate", "bill_of_materials", "Results", "ThermalError"} <= set(dir(thermal))
    for name in thermal.__all__:
        assert getattr(thermal, name) is not None
    with pytest.raises(AttributeError, match="public names are Results"):
        thermal.nonsense  # noqa: B018 - the attribute access is what is tested


def test_imports_go_down_only() -> None:
    linter = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert linter is not None, "import-linter is a development dependency: pip install -e '.[dev]'"
    run = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


def test_the_version_has_one_source() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "version" in project["dynamic"]
    assert f"version: {thermal.__version__}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


def test_generated_files_are_up_to_date() -> None:
    run = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
