"""Compiled code never outlives the sources it came from, and finds a place wherever thermal is installed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from numba import config

from thermal import compiled

PACKAGE = Path(compiled.__file__).parent


@pytest.fixture(autouse=True)
def restored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "CACHE_DIR", config.CACHE_DIR)


def tree(root: Path) -> Path:
    for name in compiled.PACKAGES:
        (root / name).mkdir(parents=True)
        (root / name / "law.py").write_text("f = 64\n", encoding="utf-8")
    return root


@pytest.mark.parametrize("package", compiled.PACKAGES)
def test_an_edited_closure_has_another_folder(tmp_path: Path, package: str) -> None:
    before = compiled.sources_hash(tree(tmp_path))
    assert compiled.sources_hash(tmp_path) == before
    (tmp_path / package / "law.py").write_text("f = 65\n", encoding="utf-8")
    assert compiled.sources_hash(tmp_path) != before


def test_every_package_that_compiles_is_hashed_and_asks_for_the_folder() -> None:
    sources = [file for file in PACKAGE.rglob("*.py") if "njit" in file.read_text(encoding="utf-8")]
    packages = {file.relative_to(PACKAGE).parts[0] for file in sources if file.name != "compiled.py"}
    assert packages == set(compiled.PACKAGES)
    for package in packages:
        assert "import thermal.compiled" in (PACKAGE / package / "__init__.py").read_text(encoding="utf-8")


def test_a_folder_that_the_user_sets_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path))
    folder = compiled.keep_compiled_code()
    assert folder.parent == tmp_path
    assert str(folder) == config.CACHE_DIR
    assert compiled.keep_compiled_code() == folder


def test_without_a_usable_home_it_goes_among_the_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", encoding="utf-8")
    monkeypatch.setattr(config, "CACHE_DIR", "")
    monkeypatch.setattr(compiled.platformdirs, "user_cache_path", lambda name: blocked / name)
    monkeypatch.setattr(compiled.tempfile, "gettempdir", lambda: str(tmp_path))
    folder = compiled.keep_compiled_code()
    assert folder.is_dir()
    assert folder.is_relative_to(tmp_path / f"thermal-{os.getuid()}")


def test_code_of_an_older_state_is_removed_after_a_month(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, recent = tmp_path / "thermal-0123456789abcdef", tmp_path / "thermal-fedcba9876543210"
    for folder in (old, recent):
        folder.mkdir()
    os.utime(old, (0, 0))
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path))
    compiled.keep_compiled_code()
    assert recent.is_dir()
    assert not old.exists()


def test_the_solver_compiles_into_it(tmp_path: Path) -> None:
    code = "from thermal.numerics.interpolation import hermite; print(hermite.stats.cache_path)"
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert Path(run.stdout.strip()).is_relative_to(tmp_path)
    assert compiled.sources_hash(PACKAGE) in run.stdout
