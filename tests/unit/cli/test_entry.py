from __future__ import annotations

import signal
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from thermal import __version__
from thermal.cli.group import COMMANDS
from thermal.errors import RangeWarning

Command = Callable[..., Any]
ROOT = Path(__file__).parents[3]


def test_help_lists_the_commands_in_order(command: Command) -> None:
    finished = command("--help")
    assert finished.status == 0
    listed = [line.split()[0] for line in finished.out.partition("Commands:")[2].splitlines() if line.startswith("  ")]
    assert listed[: len(COMMANDS)] == list(COMMANDS)
    assert "..." not in finished.out.partition("Commands:")[2].partition("Examples:")[0]  # no help is cut off


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help_with_examples(command: Command, name: str) -> None:
    finished = command(name, "--help")
    assert finished.status == 0
    assert f"\n    thermal {name}" in finished.out
    assert "--debug" in finished.out


def test_version(command: Command) -> None:
    assert command("--version").out == f"thermal, version {__version__}\n"


def test_no_command_gives_the_help(command: Command) -> None:
    finished = command()
    assert finished.status == 2
    assert "Commands:" in finished.out + finished.err


def test_a_mistyped_command_is_guessed(command: Command) -> None:
    finished = command("simulat", "x")
    assert finished.status == 2
    assert "did you mean 'simulate'?" in finished.err
    assert "commands are racks, validate" in command("zzz").err


def test_a_mistyped_option_is_guessed(command: Command) -> None:
    finished = command("simulate", "x", "--bnad")
    assert finished.status == 2
    assert "--band" in finished.err


def test_a_fault_is_an_apology_without_a_traceback(command: Command, solver: Any) -> None:
    solver.error = RuntimeError("index 7 of 6")
    finished = command("simulate", "x")
    assert finished.status == 70
    assert finished.out == ""
    assert "RuntimeError: index 7 of 6" in finished.err
    assert "report" in finished.err
    assert len(finished.err.splitlines()) == 1
    assert "Traceback" in command("simulate", "x", "--debug").err


def test_an_interrupt_is_status_130(command: Command, solver: Any) -> None:
    solver.error = KeyboardInterrupt()
    assert command("simulate", "x").status == 130


SLOW_WRITER = """
import signal, sys, threading, thermal.cli.cost
from thermal.results import store

def write_bills(path, bills):
    path.touch()
    print("writing", flush=True)
    threading.Event().wait(60)

store.write_bills = write_bills
if sys.argv[1] == "ignored":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    store.write_bills = lambda path, bills: signal.raise_signal(signal.SIGTERM)
sys.argv[1:] = ["cost", "gb300_nvl72", "--quiet", "--out", sys.argv[2]]
thermal.cli.main()
"""


def slow_writer(mode: str, out: Path) -> subprocess.Popen[str]:
    code = [sys.executable, "-c", SLOW_WRITER, mode, str(out)]
    return subprocess.Popen(code, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_sigterm_is_status_143_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with slow_writer("heeded", tmp_path / "new" / "bill") as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        begun = [path.suffix for path in (tmp_path / "new").iterdir()]
        process.send_signal(signal.SIGTERM)
        _, complaint = process.communicate(timeout=60)
    assert (first, begun) == ("writing\n", [".thermal-draft"])
    assert process.returncode == 143
    assert complaint == "terminated; no file or folder was left half written\n"
    assert list(tmp_path.iterdir()) == []


def test_sigterm_stays_ignored_where_it_was(tmp_path: Path) -> None:
    with slow_writer("ignored", tmp_path / "bill") as process:
        assert process.communicate(timeout=60) == ("", "")
    assert process.returncode == 0


SWALLOWER = """
import signal, sys, threading, weakref
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts jobs in the background without
import thermal.cli.cost
from thermal.results import store

class Thing:
    pass

def in_a_callback(path, bills):
    thing = Thing()
    reference = weakref.ref(thing, lambda _: signal.raise_signal(signal.SIGINT))
    del thing
    threading.Event().wait(60)

def at_last(path, bills):
    try:
        signal.raise_signal(signal.SIGINT)
    except KeyboardInterrupt:
        pass

store.write_bills = {"callback": in_a_callback, "last": at_last}[sys.argv[1]]
sys.argv[1:] = ["cost", "gb300_nvl72", "--quiet", "--out", sys.argv[2]]
thermal.cli.main()
"""


@pytest.mark.parametrize(("where", "told"), [("callback", "no file or folder was left half"), ("last", "is whole")])
def test_an_interrupt_that_is_swallowed_is_not_lost(where: str, told: str, tmp_path: Path) -> None:
    """Python drops what the callback of a weak reference raises, as drawing libraries have them."""
    code = [sys.executable, "-c", SWALLOWER, where, str(tmp_path / "bill")]
    finished = subprocess.run(code, cwd=ROOT, capture_output=True, text=True, timeout=50, check=False)
    assert finished.returncode == 130
    assert finished.stderr.startswith("interrupted; ")
    assert told in finished.stderr
    assert len(finished.stderr.splitlines()) == 1


def test_a_warning_is_a_sentence_on_stderr(command: Command, solver: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    simulate = solver.simulate

    def outside_the_range(rack: str, **options: Any) -> Any:
        warnings.warn("Re = 12 is below the data's 100", RangeWarning, stacklevel=1)
        return simulate(rack, **options)

    monkeypatch.setattr(sys.modules["thermal.simulation.steady"], "simulate", outside_the_range)
    finished = command("simulate", "x", "--json")
    assert finished.status == 0
    assert finished.err == "warning: Re = 12 is below the data's 100\n"


def test_a_reader_that_leaves_early_is_no_fault() -> None:
    code = "import sys, thermal.cli; sys.argv[1:] = ['schema']; thermal.cli.main()"
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    complaint = process.stderr.read()
    process.stderr.close()
    assert process.wait() == 141
    assert complaint == b""
