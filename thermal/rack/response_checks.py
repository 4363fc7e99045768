"""Responses fitted for other devices than the rack puts on the plate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from thermal.rack.body_checks import loaded_plates
from thermal.rack.operation import Fault
from thermal.rack.plumbing import Plumbing
from thermal.rack.schema import RackFile

__all__ = ["misfit_responses"]


def misfit_responses(rack: RackFile, plumbing: Plumbing) -> Iterator[Fault]:
    """Yield the plates given by responses that carry other devices than those they were fitted with."""
    for name, plate, devices in loaded_plates(rack, plumbing):
        law = plate.resistance.response if plate.resistance is not None else None
        if law is not None and devices != law.packages:
            wrong = (
                f"it holds for {_shown(law.packages)} in this order, and the rack puts {_shown(devices)} on the plate"
            )
            right = "fit it for this rack with thermal coldplate --fidelity plate --reduced"
            yield ("parts", name, "resistance", "response", "packages"), wrong, right


def _shown(packages: Sequence[str]) -> str:
    return f"{len(packages)} device(s) ({', '.join(packages[:12])}{', …' if len(packages) > 12 else ''})"
