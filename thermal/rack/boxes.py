"""Where a rack file says how large things are and where they stand: the box of a part, the layout of a tray."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from thermal.rack.model import Credited, Name
from thermal.rack.quantity import Coordinate, Length, wrong_value

__all__ = ["BoxSize", "LayoutTable", "Spot"]

_PlanPoint: TypeAlias = tuple[Coordinate, Coordinate]


class BoxSize(Credited):
    """Outside measures of a part, for drawing only; what is absent follows from other data or is assumed."""

    width: Length | None = Field(None, description="along x; of a plate across its channels")
    depth: Length | None = Field(None, description="along y; of a plate along its channels, of other parts the flow")
    height: Length | None = Field(None, description="along z")


def _not_empty(places: tuple[Any, ...]) -> tuple[Any, ...]:
    if not places:
        raise wrong_value(wrong="the list is empty", right="give one [x, y] at least")
    return places


class Spot(Credited):
    """Where the things of one name stand: one place for each, or the first place and the step to the next."""

    at: Annotated[tuple[_PlanPoint, ...], AfterValidator(_not_empty)] = Field(
        max_length=1000,
        json_schema_extra={"minItems": 1},
        description="[[x, y], …] of the corner with the smallest x and y, from the front left corner of the tray "
        "(or assembly); x to the right, y to the rear",
    )
    step: _PlanPoint | None = Field(None, description="[x, y] from each to the next, when `at` holds the first only")
    turn: int = Field(0, ge=0, le=3, description="quarter turns anticlockwise seen from above, of all of them")

    @model_validator(mode="after")
    def _one_way(self) -> Spot:
        if self.step is not None and len(self.at) > 1:
            raise wrong_value(
                wrong=f"there are a `step` and {len(self.at)} places", right="give the first place only, or no `step`"
            )
        return self

    def places(self, count: int) -> tuple[tuple[float, float], ...]:
        """Return the places of `count` things, fewer when the file gives fewer [m]."""
        if self.step is None:
            return tuple((float(x), float(y)) for x, y in self.at[:count])
        (x, y), (across, back) = self.at[0], self.step
        return tuple((float(x) + n * float(across), float(y) + n * float(back)) for n in range(count))


LayoutTable: TypeAlias = dict[Name, Spot]
"""Places by the name of plates, assemblies and devices; ``fans`` for the fans of a tray."""
