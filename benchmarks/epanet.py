"""Case D given to EPANET 2.2 through its own library, as packaged in wntr."""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks.hall import DENSITY, VISCOSITY
from thermal.hydraulics.network import Network

GRAVITY = 32.2 * 0.3048  # [m/s2] EPANET's own
RESTART = 10  # begin again from EPANET's own start flows


class Epanet:
    """A network opened in EPANET, ready to be solved again and again.

    Parameters
    ----------
    network : Network
        Pipes only.
    inlet, outlet : int
        Nodes of given pressure.
    drop : float
        Pressure between them [Pa].
    folder : Path
        Where the input file goes.
    """

    def __init__(self, network: Network, inlet: int, outlet: int, drop: float, folder: Path) -> None:
        from wntr.epanet.toolkit import ENepanet

        file = folder / "case.inp"
        file.write_text(_input(network, {inlet: drop, outlet: 0.0}), encoding="utf-8")
        self._engine = ENepanet()
        self._engine.ENopen(str(file), str(folder / "case.rpt"), str(folder / "case.bin"))
        self._engine.ENopenH()
        self._outlet = [b for b in range(len(network.branches)) if network.end[b] == outlet]

    def solve(self) -> float:
        """Solve from EPANET's start flows; return its CPU time [s]."""
        begun = time.process_time()
        self._engine.ENinitH(RESTART)
        self._engine.ENrunH()
        return time.process_time() - begun

    def total(self) -> float:
        """Flow that leaves [L/min]."""
        flow_code = 8
        return float(sum(self._engine.ENgetlinkvalue(b + 1, flow_code) for b in self._outlet))

    def close(self) -> None:
        """Close the library's files."""
        self._engine.ENcloseH()
        self._engine.ENclose()


def _input(network: Network, given: dict[int, float]) -> str:
    """EPANET's input file: heads in metres of the fluid, flows in L/min."""
    head = DENSITY * GRAVITY
    junctions = [f"n{i} 0 0" for i in range(len(network.nodes)) if i not in given]
    reservoirs = [f"n{i} {p / head!r}" for i, p in given.items()]
    columns = zip(network.start, network.end, network.length, network.diameter, network.roughness, network.loss,
                  strict=True)  # fmt: skip
    pipes = [
        f"b{b} n{i} n{j} {float(L)!r} {float(D) * 1e3!r} {float(e) * 1e3!r} {float(K)!r} Open"
        for b, (i, j, L, D, e, K) in enumerate(columns)
    ]
    return "\n".join(
        (
            "[TITLE]", "case D", "[JUNCTIONS]", *junctions, "[RESERVOIRS]", *reservoirs, "[PIPES]", *pipes,
            "[OPTIONS]", "Units LPM", "Headloss D-W", f"Viscosity {VISCOSITY / DENSITY!r}", "Accuracy 1e-8",
            "Trials 200", "[TIMES]", "Duration 0", "[REPORT]", "Status No", "[END]", "",
        )
    )  # fmt: skip
