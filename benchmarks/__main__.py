"""Run every benchmark in one process of one thread, print it, and keep it in benchmarks/latest.json."""

from __future__ import annotations

import os

for name in ("NUMBA_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import argparse  # noqa: E402 - threads must be set before NumPy and Numba load
import json  # noqa: E402
import sys  # noqa: E402
import warnings  # noqa: E402
from pathlib import Path  # noqa: E402

from benchmarks.cavity import cavity  # noqa: E402
from benchmarks.channel_flow import channel_flow  # noqa: E402
from benchmarks.conduction import conduction  # noqa: E402
from benchmarks.cooled import cooled  # noqa: E402
from benchmarks.machine import machine  # noqa: E402
from benchmarks.microchannels import microchannels  # noqa: E402
from benchmarks.networks import networks  # noqa: E402
from benchmarks.pictures import pictures  # noqa: E402
from benchmarks.racks import commands, gb300, gb300_plates  # noqa: E402


def _print(title: str, row: dict[str, object]) -> None:
    print(title)
    for key, value in row.items():
        shown = f"{value:.4g}" if isinstance(value, float) else value
        print(f"  {key:<28} {shown}")


def main() -> None:
    """Run and report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--slow", action="store_true", help="run peers that take minutes too, instead of quoting them")
    slow = parser.parse_args().slow
    warnings.simplefilter("ignore")  # peers' deprecation warnings
    here = machine()
    report: dict[str, object] = {"machine": here}
    _print("machine", here)
    report["networks"] = networks()
    for row in report["networks"]:  # type: ignore[attr-defined]
        _print(f"coolant network, {row['racks']} rack(s): CPU time of a warm solve from a cold start", row)
    report["conduction"] = conduction(float(here["triad_GB_s"]))
    for row in report["conduction"]:  # type: ignore[attr-defined]
        _print(f"conduction in a chip stack, {row['cells']} cells: CPU time of set-up and solve to 1e-8", row)
    report["cooled"] = cooled()
    for row in report["cooled"]:  # type: ignore[attr-defined]
        _print(f"the stack under a plate with coolant, {row['cells']} cells: CPU time of set-up and solve to 1e-8", row)
    report["microchannels"] = microchannels()
    _print("3D-ICE's two dies with microchannels: CPU time of building and solving", report["microchannels"])  # type: ignore[arg-type]
    report["cavity"] = cavity(slow=slow)
    for row in report["cavity"]:  # type: ignore[attr-defined]
        _print(f"cavity at a Reynolds number of 1000, {row['cells']} cells: CPU time from rest to 1e-6", row)
    report["channel_flow"] = channel_flow(slow=slow)
    for row in report["channel_flow"]:  # type: ignore[attr-defined]
        _print(f"microchannel, {row['cells']:.0f} cells, {row['mesh']}: CPU time of flow and heat to 1e-6", row)
    report["gb300"] = gb300()
    _print("GB300 NVL72, network fidelity, warm CPU time", report["gb300"])  # type: ignore[arg-type]
    report["gb300_plates"] = gb300_plates()
    _print("GB300 NVL72, every plate in 3-D", report["gb300_plates"])  # type: ignore[arg-type]
    report["pictures"] = pictures()
    _print("pictures and files of a stored GB300 run, cold process, wall time", report["pictures"])  # type: ignore[arg-type]
    report["commands"] = commands()
    _print("commands, cold process, wall time [s]", report["commands"])  # type: ignore[arg-type]
    Path(__file__).with_name("latest.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
