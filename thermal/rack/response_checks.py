"""Responses fitted for other devices than the rack puts on the plate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from thermal.rack.body_checks import devices_on, plate_parts
from thermal.rack.operation import Fault
from thermal.rack.parts import Plate
from thermal.rack.plumbing import Plumbing
from thermal.rack.schema import RackFile

__all__ = ["misfit_responses"]


def misfit_responses(rack: RackFile, plumbing: Plumbing) -> Iterator[Fault]:
    """Yield the plates given by responses that carry other devices than those they were fitted with."""
    told: set[tuple[str, tuple[str, ...]]] = set()
    for tray in rack.trays.values():
        if tray.circuit is None:
            continue
        for label, names in plate_parts(tray.circuit, plumbing).items():
            devices = tuple(devices_on(tray.devices.values(), label, plumbing.plates(tray.circuit)[label]))
            for name in names:
                part = rack.parts[name]
                law = part.resistance if isinstance(part, Plate) else None
                fitted = law.response.packages if law is not None and law.response is not None else devices
                if devices and devices != fitted and (name, devices) not in told:
                    told.add((name, devices))
                    wrong = (
                        f"it holds for {_shown(fitted)} in this order, and the rack puts {_shown(devices)} on the plate"
                    )
                    right = "fit it for this rack with thermal coldplate --fidelity plate --reduced"
                    yield ("parts", name, "resistance", "response", "packages"), wrong, right


def _shown(packages: Sequence[str]) -> str:
    return f"{len(packages)} device(s) ({', '.join(packages[:12])}{', …' if len(packages) > 12 else ''})"
