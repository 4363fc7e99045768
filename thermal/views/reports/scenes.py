"""The scenes of a report: one heat map per run, all on one scale."""

from __future__ import annotations

from collections.abc import Sequence

from thermal.errors import InputError
from thermal.results.dataset import Results
from thermal.views.report import Block, Text

__all__ = ["heat_map"]


def heat_map(runs: Sequence[Results]) -> list[Block]:
    """Return the rack of each run in three dimensions, coloured on a scale that they share.

    Parameters
    ----------
    runs : sequence of Results
        One or several.

    Returns
    -------
    list of Scene or Text
        Of a run that does not hold where its parts stand, a text that says so.
    """
    from thermal.views.scene import common_coolant_scale, common_scale, rack_scene

    blocks: list[Block] = []
    scale, coolant = common_scale(runs), common_coolant_scale(runs)
    for results in runs:
        try:
            blocks.append(rack_scene(results, scale, coolant=coolant, among=len(runs)))
        except InputError as error:
            told = "; ".join(f"{problem.wrong}; {problem.right}" for problem in error.problems)
            blocks.append(Text((f"No heat map of {results.summary['rack']}: {told}.",), "warning"))
    return blocks
