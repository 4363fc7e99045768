"""Shape and materials of plates and packages, from which the three-dimensional models are built."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeAlias, TypeVar

from pydantic import (
    AfterValidator,
    Discriminator,
    Field,
    Tag,
    model_validator,
)
from pydantic.config import JsonDict

from thermal.rack.model import Credited, Model, Name, check_exactly_one
from thermal.rack.placed import Placed
from thermal.rack.power_map import (
    SNAP,
    Block,
    PowerMap,
    Tiles,
    map_of_blocks,
    map_of_tiles,
    uniform_map,
)
from thermal.rack.quantity import (
    ArealResistance,
    Conductivity,
    Coordinate,
    Fraction,
    Length,
    Number,
    Power,
    wrong_value,
)
from thermal.rack.values import Value

__all__ = ["Chip", "ChipMap", "Conductivities", "Cover", "Interface", "MapBlock", "Mould", "PackageBody", "PlateBody",
           "Plenum", "Port", "Sheet"]  # fmt: skip

T = TypeVar("T")
_NOWHERE = Value(0.0, text="0 mm")


def _three(given: Value | tuple[Value, Value, Value]) -> tuple[Value, Value, Value]:
    return (given, given, given) if isinstance(given, Value) else given


def _not_empty(given: T) -> T:
    # Not `min_length`, which pydantic also finds wanting when an entry is faulty.
    if given == ():
        raise wrong_value(wrong="the list is empty", right="give one entry at least")
    return given


if TYPE_CHECKING:
    Conductivities: TypeAlias = tuple[Value, Value, Value]
else:
    Conductivities = Annotated[
        Annotated[Conductivity, Tag("<number>")]
        | Annotated[tuple[Conductivity, Conductivity, Conductivity], Tag("<list>")],
        Discriminator(lambda raw: "<list>" if isinstance(raw, tuple | list) else "<number>"),
        AfterValidator(_three),
    ]
"""Conductivity along x, y and z [W/(m K)]; in a file one value for all, or a list of three."""
Place: TypeAlias = tuple[Coordinate, Coordinate]
NotEmpty = AfterValidator(_not_empty)
_ONE_AT_LEAST: JsonDict = {"minItems": 1}

_CONDUCTIVITY = "conductivity: one value, or [x, y, z]"


class Sheet(Model):
    """A layer of one thickness over the whole footprint, or over the chips."""

    thickness: Length = Field(description="thickness")
    conductivity: Conductivities = Field(description=_CONDUCTIVITY)


class Cover(Sheet):
    """The wall that closes the channels on top."""


class Plenum(Model):
    """The coolant space before and after the fins, as wide as the finned zone."""

    length: Length = Field(description="along the channels, on each side")
    height: Length | None = Field(None, description="the channels' when absent")


class Port(Model):
    """Both ports of a plate taken together."""

    diameter: Length = Field(description="inside diameter, of the velocity head")
    loss_coefficient: Number = Field(description="sum of K of both ports and the turns behind them")


class Interface(Model):
    """What lies between case and plate (TIM2): a resistance times area, or a layer."""

    areal_resistance: ArealResistance | None = Field(None, description="such as 0.05 cm2*K/W")
    thickness: Length | None = Field(None, description="instead of areal_resistance, with conductivity")
    conductivity: Conductivity | None = Field(None, description="instead of areal_resistance, with thickness")

    @model_validator(mode="after")
    def _one_form(self) -> Interface:
        layer = (self.thickness is not None, self.conductivity is not None)
        if any(layer) != all(layer) or all(layer) == (self.areal_resistance is not None):
            raise wrong_value(
                wrong="the interface does not say what it conducts",
                right="give `areal_resistance`, or `thickness` and `conductivity`",
            )
        return self

    @property
    def resistance(self) -> float:
        """Resistance times area, whichever way it was given [m2 K/W]."""
        if self.areal_resistance is not None:
            return float(self.areal_resistance)
        if self.thickness is None or self.conductivity is None:
            raise AssertionError
        return float(self.thickness) / float(self.conductivity)


class PlateBody(Credited):
    """Shape of a cold plate around its channels: x across them, y along them, from the plate's corner."""

    length: Length = Field(description="of the plate, along the channels (y)")
    width: Length = Field(description="of the plate, across the channels (x)")
    fins_at: Place | None = Field(None, description="[x, y] of the finned zone's centre; the plate's when absent")
    plenum: Plenum = Field(description="coolant space before and after the fins")
    slot: Length | None = Field(None, description="centre-fed only: width (y) of the inlet slot over the fins")
    cover: Cover = Field(description="wall over the channels")
    port: Port = Field(description="both ports, for the pressure drop")
    interface: Interface = Field(description="between case and base (TIM2)")
    mounts: Annotated[tuple[Place, ...] | None, NotEmpty] = Field(
        None,
        max_length=1000,
        json_schema_extra=_ONE_AT_LEAST,
        description="[x, y] of the devices' centres, in the order in which the rack puts devices on the plate; "
        "when absent, evenly in one row across the plate",
    )


class MapBlock(Model):
    """A rectangle of a chip with the power in it."""

    name: str | None = Field(None, description="for messages")
    at: Place = Field((_NOWHERE, _NOWHERE), description="[x, y] of its centre from the chip's centre")
    width: Length = Field(description="along x")
    length: Length = Field(description="along y")
    power: Power = Field(description="power in it, at the package's tdp")


MapFile: TypeAlias = Annotated[Tiles, Placed(Tiles, "is not a file name", "write a path, relative to this file")]


class ChipMap(Model):
    """Where on a chip the heat comes from, in exactly one of three forms."""

    blocks: Annotated[tuple[MapBlock, ...] | None, NotEmpty] = Field(
        None,
        max_length=400,
        description="rectangles that do not overlap; between them is no heat",
        json_schema_extra=_ONE_AT_LEAST,
    )
    csv: MapFile | None = Field(
        None, description="file of equal tiles: rows of watts, the first row at the smallest y, columns along x"
    )
    image: MapFile | None = Field(
        None, description="picture of equal tiles: brightness, black is none; its lowest line at the smallest y"
    )
    rescale: bool = Field(False, description="scale it to the chip's share of the power; needed for an image")

    @model_validator(mode="after")
    def _one_form(self) -> ChipMap:
        check_exactly_one(self, ("blocks", "csv", "image"))
        if self.image is not None and not self.rescale:
            raise wrong_value(wrong="a picture has no watts", right="add `rescale: true`")
        return self


class Chip(Model):
    """A die, a memory stack or another heated block of a package; heat enters at its bottom face."""

    name: Name = Field(description="for results, such as die_1")
    at: Place = Field((_NOWHERE, _NOWHERE), description="[x, y] of its centre from the package's centre")
    width: Length = Field(description="along x")
    length: Length = Field(description="along y")
    conductivity: Conductivities = Field(description=_CONDUCTIVITY)
    share: Fraction = Field(description="of the package's power; those of all chips sum to 1")
    junction: bool = Field(True, description="false: not a die under the junction limit (memory); told apart")
    map: ChipMap | None = Field(None, description="where its heat comes from; evenly when absent")

    @model_validator(mode="after")
    def _map_fits(self) -> Chip:
        if self.map is not None and self.map.blocks is not None:
            self._check_blocks(self.map.blocks)
            try:
                _ = self.power_map
            except ValueError as error:
                raise wrong_value(wrong=f"chip '{self.name}': {error}", right="correct `map.blocks`") from None
        return self

    def _check_blocks(self, blocks: tuple[MapBlock, ...]) -> None:
        half = float(self.width) / 2 + SNAP, float(self.length) / 2 + SNAP
        for block in _rectangles(blocks):
            reach = max(-block.x_low, block.x_high), max(-block.y_low, block.y_high)
            if reach[0] > half[0] or reach[1] > half[1]:
                size = f"{self.width.text} by {self.length.text}"
                raise wrong_value(
                    wrong=f"chip '{self.name}': block '{block.name}' reaches beyond the chip ({size})",
                    right="`at` counts from the chip's centre; move it or make it smaller",
                )

    @property
    def power_map(self) -> PowerMap:
        """Shares of the chip's power over its face, counted from its lower corner."""
        width, length = float(self.width), float(self.length)
        if self.map is None:
            return uniform_map(width, length)
        tiles = self.map.csv or self.map.image
        if tiles is not None:
            return map_of_tiles(tiles, width, length)
        return map_of_blocks(_rectangles(self.map.blocks or ()), width, length)


def _rectangles(blocks: tuple[MapBlock, ...]) -> list[Block]:
    out = []
    for number, block in enumerate(blocks, start=1):
        (x, y), half = map(float, block.at), (float(block.width) / 2, float(block.length) / 2)
        name = block.name or str(number)
        out.append(Block(name, x - half[0], x + half[0], y - half[1], y + half[1], float(block.power)))
    return out


class Mould(Model):
    """What fills the chip layer, and the first interface's layer, beside the chips."""

    conductivity: Conductivities = Field(description=_CONDUCTIVITY)


class PackageBody(Credited):
    """Shape of a package: layers from the substrate up to the case, x and y as on the plate it sits on."""

    length: Length = Field(description="of the lid, or of the mould without a lid (y)")
    width: Length = Field(description="of the lid, or of the mould without a lid (x)")
    substrate: Sheet | None = Field(None, description="below the chips; no heat leaves its lower face")
    chip_thickness: Length = Field(description="thickness of the layer of chips")
    chips: Annotated[tuple[Chip, ...], NotEmpty] = Field(
        max_length=1000, description="dies and memory stacks side by side", json_schema_extra=_ONE_AT_LEAST
    )
    mould: Mould | None = Field(None, description="beside the chips; without it they must cover the whole footprint")
    tim1: Sheet | None = Field(None, description="over the chips, below the lid")
    lid: Sheet | None = Field(None, description="lid or vapour chamber; without it what lies on top is the case")

    @model_validator(mode="after")
    def _lid_is_joined(self) -> PackageBody:
        if self.lid is not None and self.tim1 is None:
            raise wrong_value(wrong="there is a `lid` and no `tim1`", right="add what joins it to the chips as `tim1`")
        return self
