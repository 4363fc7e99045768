"""The keys of ``summary.json`` and of ``thermal simulate --json``, with their types."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

__all__ = ["Band", "BandValue", "BillTotal", "ChannelSpread", "Coolant", "Evidence", "PlateRun", "PressureStep",
           "Summary", "Violation"]  # fmt: skip


class Coolant(TypedDict):
    """Coolant of the loop at the rack's ports."""

    fluid: str
    supply_C: float
    return_C: float
    flow_L_min: float


class Violation(TypedDict):
    """A limit or guideline that the operating point exceeds; `text` is a sentence that names its source."""

    path: str
    quantity: str
    value: float
    limit: float
    unit: str
    text: str
    severity: NotRequired[str]  # limit (the default) or guideline


class BandValue(TypedDict):
    """What the low and the high end of one uncertain value of the rack do to the margin."""

    path: str
    title: str
    basis: str | None
    source: str | None
    low: float
    high: float
    unit: NotRequired[str]
    margin_at_low_K: float
    margin_at_high_K: float


class Band(TypedDict):
    """Margin as a range over the uncertain values; `decided_by` is the value that moves it most."""

    margin_low_K: float
    margin_high_K: float
    nominal_K: float
    decided_by: BandValue | None
    values: list[BandValue]


class Evidence(TypedDict):
    """A value that the verdict rests on, as written in the rack file, with its basis and source."""

    what: str
    value: str
    basis: str | None
    source: str | None


class BillTotal(TypedDict):
    """Total of the bill by one price book; `covered` tells the basket in words.

    Not `complete`: the rack holds parts within the book's scope that the book has no price for.
    """

    prices: str
    currency: str
    total: float
    total_low: float
    total_high: float
    per_kW: float | None
    covered: NotRequired[str]
    complete: NotRequired[bool]


class PressureStep(TypedDict):
    """What one branch on the way through the deciding device's plate takes of the rack's pressure drop.

    `what` says in words what it is (``tray hose``, ``quick disconnect``, ``GPU plate``, …); ``buoyancy`` has no branch:
    it is what the colder column of coolant weighs more than the warmer one.
    """

    path: str
    part: str
    what: str
    pressure_drop_kPa: float


class ChannelSpread(TypedDict):
    """How evenly the channels of a plate are fed: least and most flow of a channel over the mean, and the difference.

    Of all plates of one part it is that at `path`, where they differ most. Those of every plate, column by column, are
    in ``plates.nc``.
    """

    path: str
    channel_flow_least_rel: float
    channel_flow_most_rel: float
    channel_flow_spread_rel: float


class PlateRun(TypedDict):
    """How the fields of the cold plates came about, at plate fidelity.

    `plates` were solved in 3D, `solves` of them (or of set-ups that several share) themselves and `interpolated`
    between those; `largest_interpolation_error_K` is the largest difference found where an interpolated field was
    solved after all (or how far that moved other interpolated junctions), None where nothing is interpolated.
    `grid_error_K` is what a finer grid would still change at the hot spot of `grid_error_plate`, by Richardson's
    estimate. `channels` has an entry for each part.
    """

    plates: int
    resolution: float
    cells_per_plate: dict[str, int]
    solves: int
    interpolated: int
    largest_interpolation_error_K: float | None
    grid_error_K: float
    grid_error_plate: str
    energy_imbalance_rel: float
    network_passes: int
    channels: NotRequired[dict[str, ChannelSpread]]


class Summary(TypedDict):
    """One run in one object; keys are stable: they may be added, never renamed.

    Rows of `devices` and `trays` have the text columns of the tables under their own names and the numbers
    under the vocabulary's keys, in display units. The steps of temperature mean the same at both fidelities:
    `coolant_rise` from the rack's supply to the coolant that leaves the plate, mixed; `plate_rise` from there to the
    mean of the device's case; `package_rise` from there to its hottest junction.
    """

    rack: str
    title: NotRequired[str]
    power_state: NotRequired[str]
    fidelity: str
    version: str
    converged: bool
    iterations: int
    wall_s: float
    heat_total_W: float
    heat_to_liquid_W: float
    heat_to_air_W: float
    energy_imbalance_rel: float
    mass_imbalance_rel: float
    coolant: Coolant | None
    pressure_drop_kPa: float | None
    pump_power_W: float | None
    fan_power_W: NotRequired[float | None]
    flow_spread_rel: float | None
    devices: list[dict[str, Any]]
    trays: list[dict[str, Any]]
    violations: list[Violation]
    rests_on: NotRequired[list[Evidence]]
    band: NotRequired[Band | None]
    bill: NotRequired[list[BillTotal]]
    plates: NotRequired[PlateRun]
    pressure_path: NotRequired[list[PressureStep]]
    notes: NotRequired[list[str]]
