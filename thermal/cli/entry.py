"""From the arguments to an exit status: errors become messages, never tracebacks."""

from __future__ import annotations

import os
import sys
import traceback
import warnings
from collections.abc import Sequence
from typing import NoReturn, TextIO

import click

from thermal import __version__
from thermal.cli.group import LazyGroup
from thermal.cli.interrupts import Terminated, watched
from thermal.errors import RangeWarning, ThermalError

__all__ = ["main", "run"]

SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 110}
BAD_INPUT, UNEXPECTED, INTERRUPTED, BROKEN_PIPE, TERMINATED = 2, 70, 130, 141, 143

EPILOG = """\b
Examples:
  thermal racks
  thermal simulate gb300_nvl72
  thermal simulate gb300_nvl72 --set coolant.supply_temperature="45 degC" --band
  thermal compare gb300_nvl72 vr200_nvl144_cpx

RACK is a bundled name or the path of a YAML file. Exit status: 0 done; 1 done, but a limit is violated and
--strict was given; 2 bad input; 3 the solver did not converge.
"""


@click.group(cls=LazyGroup, epilog=EPILOG, context_settings=SETTINGS)
@click.version_option(__version__, prog_name="thermal")
def thermal() -> None:
    """Simulate liquid-cooled GPU racks: coolant flow, chip temperatures and the cooling bill."""


def main() -> NoReturn:
    """Run the command line of this process and leave with its exit status."""
    with watched() as came:
        status = run(sys.argv[1:])
        if came() is not None and status not in (INTERRUPTED, TERMINATED):  # dropped, and too late to come again
            _complain("interrupted; what was written is whole")
            status = TERMINATED if came() is Terminated else INTERRUPTED
    sys.exit(status)


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit status."""
    debug = "--debug" in arguments
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("once", RangeWarning)
            warnings.showwarning = _show_warning
            with thermal.make_context("thermal", list(arguments)) as context:
                thermal.invoke(context)
            sys.stdout.flush()
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.ClickException as error:
        error.show()
        return BAD_INPUT
    except ThermalError as error:
        if debug:
            traceback.print_exc()
        _complain(str(error))
        return error.exit_status
    except BrokenPipeError:
        # the reader (head, less) has left; what is still buffered must not raise again at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except Terminated:
        _complain("terminated; no file or folder was left half written")
        return TERMINATED
    except (KeyboardInterrupt, click.Abort):
        _complain("interrupted; no file or folder was left half written")
        return INTERRUPTED
    except Exception as error:  # the last line of defence
        if debug:
            traceback.print_exc()
        _complain(
            f"Sorry, this is a fault in thermal {__version__} ({type(error).__name__}: {error}). Please report it "
            "with the command and the rack file; --debug shows where it happened."
        )
        return UNEXPECTED
    return 0


def _complain(message: str) -> None:
    click.echo(message, err=True)


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Print a warning as a sentence; where in our code it arose helps nobody."""
    click.echo(f"warning: {message}", err=True)
