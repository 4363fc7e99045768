"""A command line whose loader and solver are stand-ins, so that only the command line is tested."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pytest

from thermal.cli import run
from thermal.results.dataset import Results


@dataclass
class Solver:
    """What the stand-ins were asked for, and what they are to answer."""

    results: Results
    loaded: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    bands: list[bool] = field(default_factory=list)
    options: list[dict[str, Any]] = field(default_factory=list)
    error: BaseException | None = None
    notice: str | None = None

    def load_rack(self, source: str, overrides: dict[str, str]) -> str:
        self.loaded.append((source, overrides))
        return source

    def simulate(
        self, rack: str, *, band: bool = False, progress: Callable[[int, int], None] | None = None, **options: Any
    ) -> Results:
        self.bands.append(band)
        self.options.append(options)
        if progress is not None:
            progress(1, 2)
        if self.error is not None:
            raise self.error
        return self.results

    def compile_notice(self, fidelity: str) -> str | None:
        return self.notice


def module(name: str, **content: Any) -> ModuleType:
    made = ModuleType(name)
    made.__dict__.update(content)
    return made


@pytest.fixture
def solver(monkeypatch: pytest.MonkeyPatch, small_results: Results) -> Solver:
    fake = Solver(small_results)
    stand_ins = (
        module("thermal.rack.loader", load_rack=fake.load_rack),
        module("thermal.simulation", __path__=[]),
        module("thermal.simulation.steady", simulate=fake.simulate, compile_notice=fake.compile_notice),
    )
    for stand_in in stand_ins:
        monkeypatch.setitem(sys.modules, stand_in.__name__, stand_in)
    return fake


@dataclass(frozen=True)
class Finished:
    """Exit status and output of one command line."""

    status: int
    out: str
    err: str


Command = Callable[..., Finished]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    def finished(*arguments: str) -> Finished:
        status = run(arguments)
        return Finished(status, *capsys.readouterr())

    return finished
