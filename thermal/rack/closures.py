"""Friction and films of channels computed by resolved runs: the file that holds them, how a plate names one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, NamedTuple, TypeAlias

from pydantic import AfterValidator, Field, ValidationError, model_validator

from thermal.errors import InputError, Problem
from thermal.rack.bundled import bundled, bundled_path, bundled_root
from thermal.rack.model import Basis, Model
from thermal.rack.placed import Placed
from thermal.rack.problems import problem_at, schema_problems, suggest
from thermal.rack.quantity import Conductivity, Length, Number, PositiveNumber, SignedNumber, wrong_value
from thermal.rack.source import Document, read_yaml
from thermal.rack.tree import Mark, Node, mapping_of, plain
from thermal.rack.values import Value

__all__ = ["PREFIX", "ClosureEntry", "ClosureName", "FitQuality", "FittedClosure", "Outside", "place_closures"]

PREFIX = "resolved/"
ALIKE = 1.0e-3  # relative difference of two lengths that are the same
AT_THE_END = 0.005  # share of a range's end within which a number counts as inside


def _rising(span: tuple[Value, Value]) -> tuple[Value, Value]:
    low, high = span
    if float(low) > float(high):
        raise wrong_value(wrong=f"it falls from {low.text} to {high.text}", right="give the lower end first")
    return span


Span: TypeAlias = Annotated[tuple[PositiveNumber, PositiveNumber], AfterValidator(_rising)]


class FitErrors(Model):
    """What a fit is off by."""

    error_max: Number = Field(description="largest relative difference from the runs")
    error_rms: Number = Field(description="root of its mean square")
    grid_error: Number = Field(description="largest relative error of the runs' grid, by Richardson's rule")
    range: Span = Field(description="least and greatest argument of the runs")


class FrictionFit(FitErrors):
    """f_app·Re = 3.44/√x⁺ + (developed + excess/(4 x⁺) − 3.44/√x⁺)/(1 + constant/x⁺²), x⁺ = x/(Dh Re)."""

    developed: PositiveNumber = Field(description="f·Re of developed flow, Fanning, on the hydraulic diameter")
    excess: Number = Field(description="velocity heads that the entrance costs beyond it, K(∞)")
    constant: PositiveNumber = Field(description="how soon the flow is developed")


class FilmFit(FitErrors):
    """Nu = (developed^blend + (entry·x*^−exponent)^blend)^(1/blend), x* = x/(Dh Re Pr), Nu = h Dh/k of the coolant."""

    developed: PositiveNumber = Field(description="Nusselt number of developed flow, on the hydraulic diameter")
    entry: PositiveNumber = Field(description="factor of the power law near the inlet")
    exponent: PositiveNumber = Field(description="its exponent, below 1")
    blend: PositiveNumber = Field(description="how sharply one gives way to the other")

    @model_validator(mode="after")
    def _integrable(self) -> FilmFit:
        if float(self.exponent) >= 1.0:
            raise wrong_value(wrong=f"an exponent of {self.exponent.text}", right="give one below 1")
        return self


class SlotFit(Model):
    """Film of channels fed through a slot: Nu = factor·Re^power below it; behind its edge entry times Re^rise."""

    length: Length = Field(description="of the path below the slot, half of the slot's width")
    factor: PositiveNumber = Field(description="of the film below the slot")
    power: SignedNumber = Field(description="its exponent of the Reynolds number")
    rise: SignedNumber = Field(description="exponent of the Reynolds number by which the film's entry grows behind it")


class LossFit(Model):
    """K = constant + laminar/Re of mouths and turns together, on the channels' velocity head."""

    constant: SignedNumber = Field(description="at large Re")
    laminar: SignedNumber = Field(description="times 1/Re; below zero where a slot shortens the path")
    error_max: Number = Field(description="largest difference from the runs, over the whole pressure drop")


class ClosureChannel(Model):
    """The channel that was computed."""

    width: Length = Field(description="channel width")
    height: Length = Field(description="channel (fin) height")
    wall: Length = Field(description="fin thickness")
    conductivity: Conductivity = Field(description="of base and fins")
    path: Length = Field(description="that the coolant passes, half the length in a centre-fed plate")


class ClosureEntry(Model):
    """A closure of a plate's channels, written by ``thermal coldplate PLATE --fidelity resolved --closure FILE``."""

    title: str = Field("", description="what was computed")
    note: str = Field("", description="free text")
    basis: Basis = Field("inferred", description="computed by us: inferred")
    source: str = Field(description="what computed it: version, grid, date")
    channel: ClosureChannel = Field(description="its geometry; a plate that uses it has the same")
    reynolds: Span = Field(description="least and greatest Reynolds number of the runs")
    prandtl: Span = Field(description="least and greatest Prandtl number of the runs")
    friction: FrictionFit = Field(description="pressure drop")
    film: FilmFit = Field(description="h on the fins' two sides, fins over mixed coolant: plate fidelity")
    root: FilmFit = Field(description="h by area of base, between the fins' root and mixed coolant: network fidelity")
    losses: LossFit | None = Field(None, description="of mouths and turns, in place of inlet_loss and outlet_loss")
    slot: SlotFit | None = Field(
        None, description="of a sector fed through a slot; the film behind it counts from there"
    )


class Outside(NamedTuple):
    """A number of an operating point that the runs of a closure did not have."""

    symbol: str  # Re, Pr or x*
    value: float  # [-]
    low: float  # ends of the runs [-]
    high: float

    @property
    def below(self) -> bool:
        """Whether it lies below the lower end, not above the upper."""
        return self.value < self.low

    @property
    def distance(self) -> float:
        """How far beyond the end it is: logarithm of their ratio [-]."""
        return abs(math.log(self.value / (self.low if self.below else self.high)))


class FitQuality(NamedTuple):
    """What one fit of a closure is off by."""

    what: str  # friction, film or root
    error_rms: float  # relative [-]
    error_max: float
    grid_error: float

    def __str__(self) -> str:
        """Return it in words."""
        rms, most, grid = (f"{100.0 * error:.2g} %" for error in self[1:])
        return f"{self.what} off by {rms} rms, {most} at most, grid {grid}"


@dataclass(frozen=True, slots=True)
class FittedClosure:
    """A closure as a plate holds it, in bare numbers.

    Attributes
    ----------
    name : str
        As the plate writes it: ``resolved/NAME``.
    friction : (float, float, float)
        Constants of `thermal.correlations.entrance.entrance_friction`.
    film, root : (float, float, float, float)
        Constants of `thermal.correlations.entrance.fitted_nusselt`, for the fins' sides and for their root.
    losses : (float, float) or None
        K = first + second/Re of mouths and turns.
    reynolds, prandtl, x_star : (float, float)
        Ranges of the runs [-]; x* = path/(Dh Re Pr) is that of the channels' end. With one path and one Dh, x⁺ there is
        Re in other words.
    error : float
        Largest error of fits and grid together, relative: the larger of friction's and film's [-].
    channel : (float, float, float, float, float)
        Width, height, wall [m], conductivity [W/(m K)] and path [m].
    basis, source : str
        What stands behind it.
    slot : (float, float, float, float) or None
        Constants of `thermal.correlations.entrance.SlotFilm`.
    fits : tuple of FitQuality
        What friction, film and root are off by.
    chosen : bool
        Whether the user names it, in a file or with ``--set``, and not a bundled part.
    """

    name: str
    friction: tuple[float, float, float]
    film: tuple[float, float, float, float]
    root: tuple[float, float, float, float]
    losses: tuple[float, float] | None
    reynolds: tuple[float, float]
    prandtl: tuple[float, float]
    x_star: tuple[float, float]
    error: float
    channel: tuple[float, float, float, float, float]
    basis: str
    source: str
    slot: tuple[float, float, float, float] | None = None
    fits: tuple[FitQuality, ...] = ()
    chosen: bool = False

    @property
    def stated(self) -> str:
        """Name, and what its fits are off by, in words."""
        return f"{self.name}: {'; '.join(str(fit) for fit in self.fits)}"

    def outside(self, reynolds: float, prandtl: float | None = None) -> Iterator[Outside]:
        """Yield what of an operating point lies beyond the runs, by more than 0.5 % of an end.

        Parameters
        ----------
        reynolds : float
            Of a channel, above zero [-].
        prandtl : float, optional
            Of the coolant [-]; films depend on it and on x*, friction on neither.
        """
        asked = [("Re", reynolds, self.reynolds)]
        if prandtl is not None:
            width, height, _, _, path = self.channel
            x_star = path * (width + height) / (2.0 * width * height * reynolds * prandtl)
            asked += [("Pr", prandtl, self.prandtl), ("x*", x_star, self.x_star)]
        for symbol, value, (low, high) in asked:
            if not low * (1.0 - AT_THE_END) <= value <= high * (1.0 + AT_THE_END):
                yield Outside(symbol, value, low, high)

    def differences(self, channel: Mapping[str, float]) -> Iterator[str]:
        """Yield in words what another channel, by its field names, has otherwise."""
        for name, own in zip(("width", "height", "wall", "conductivity", "path"), self.channel, strict=True):
            if abs(channel[name] - own) > ALIKE * own:
                unit, scale = ("W/(m K)", 1.0) if name == "conductivity" else ("mm", 1e3)
                yield f"{name} {own * scale:.6g} {unit}, here {channel[name] * scale:.6g}"


ClosureName: TypeAlias = Annotated[
    FittedClosure, Placed(FittedClosure, "names no closure", f"write {PREFIX}NAME", f"^{PREFIX}")
]


def place_closures(
    parts: Mapping[str, Node], documents: Sequence[Document]
) -> tuple[dict[str, Node], list[Document], list[Problem]]:
    """Put closures in the place of the names that plates give in ``channels.closure``.

    Parameters
    ----------
    parts : mapping of str to Node
        With `extends` resolved.
    documents : sequence of Document
        The rack file first, then its includes, whose ``closures:`` are known by name, and go before bundled ones.

    Returns
    -------
    (dict of str to Node, list of Document, list of Problem)
        The parts, bundled files read besides, and what is wrong.
    """
    shelf = _Shelf(documents)
    return {name: shelf.part(name, part) for name, part in parts.items()}, shelf.read, shelf.problems


class _Shelf:
    """The closures that can be named, each read once."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.read: list[Document] = []
        self.problems: list[Problem] = []
        self._known: dict[str, FittedClosure | None] = {}
        self._told: set[Mark] = set()
        root = bundled_root().resolve()
        self._bundled = {one.file for one in documents if one.path.resolve().is_relative_to(root)}
        self._nodes = {
            name: entry
            for document in documents[1:]
            for name, entry in mapping_of(mapping_of(document.root).get("closures")).items()
        }

    def part(self, name: str, part: Node) -> Node:
        """Return a part with the closure that it names."""
        channels = mapping_of(part).get("channels")
        given = mapping_of(channels).get("closure")
        if channels is None or given is None or not isinstance(given.value, str):
            return part
        own = dict(mapping_of(channels))
        found = self._found(given, ("parts", name, "channels", "closure"))
        if found is None:
            del own["closure"]
        else:
            # to the tree a closure is one value like any other
            content: Any = replace(found, chosen=given.mark.file not in self._bundled)
            own["closure"] = replace(given, value=content)
        return replace(part, value={**mapping_of(part), "channels": replace(channels, value=own)})

    def _found(self, given: Node, location: tuple[str, ...]) -> FittedClosure | None:
        text = str(given.value)
        name = text.removeprefix(PREFIX)
        known = sorted({*self._nodes, *bundled("closures")})
        if not text.startswith(PREFIX) or name not in known:
            listing = ", ".join(f"{PREFIX}{one}" for one in known) or "none so far"
            wrong = f"there is no closure '{text:.80}'"
            otherwise = f"known: {listing}; or include the file that holds it under `closures:`"
            right = suggest(text, [f"{PREFIX}{one}" for one in known], otherwise)
            mark = given.mark
            if mark not in self._told:  # parts that take it over say it again
                self._told.add(mark)
                self.problems.append(Problem(mark.file, mark.line, mark.column, ".".join(location), wrong, right))
            return None
        if name not in self._known:
            self._known[name] = self._made(name)
        return self._known[name]

    def _made(self, name: str) -> FittedClosure | None:
        node = self._nodes.get(name)
        if node is None:
            try:
                document = read_yaml(bundled_path("closures", name))
            except InputError as error:
                self.problems += error.problems
                return None
            self.read.append(document)
            self.problems += document.problems
            node = mapping_of(mapping_of(document.root).get("closures")).get(name)
            if node is None:
                self.problems.append(problem_at(document.root, ("closures",), f"it holds no '{name}'", "name it so"))
                return None
        try:
            entry = ClosureEntry.model_validate(plain(node))
        except ValidationError as error:
            if name not in self._nodes:  # of included files the catalogue has told
                self.problems += schema_problems(error, node, ClosureEntry)
            return None
        return fitted(f"{PREFIX}{name}", entry)


def fitted(name: str, entry: ClosureEntry) -> FittedClosure:
    """Return the bare numbers of an entry."""
    f, h, r, c, k, s = entry.friction, entry.film, entry.root, entry.channel, entry.losses, entry.slot
    return FittedClosure(
        name=name,
        friction=(float(f.developed), float(f.excess), float(f.constant)),
        film=_constants(h),
        root=_constants(r),
        losses=(float(k.constant), float(k.laminar)) if k is not None else None,
        reynolds=_numbers(entry.reynolds),
        prandtl=_numbers(entry.prandtl),
        x_star=_numbers(r.range),
        error=max(float(one.error_max) + float(one.grid_error) for one in (f, h, r)),
        channel=(float(c.width), float(c.height), float(c.wall), float(c.conductivity), float(c.path)),
        basis=entry.basis,
        source=entry.source,
        slot=(float(s.length), float(s.factor), float(s.power), float(s.rise)) if s is not None else None,
        fits=tuple(
            FitQuality(what, float(one.error_rms), float(one.error_max), float(one.grid_error))
            for what, one in (("friction", f), ("film", h), ("root", r))
        ),
    )


def _constants(fit: FilmFit) -> tuple[float, float, float, float]:
    return float(fit.developed), float(fit.entry), float(fit.exponent), float(fit.blend)


def _numbers(span: Span) -> tuple[float, float]:
    return float(span[0]), float(span[1])
