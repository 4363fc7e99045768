"""Leads coolant through a tray: from its taps over hoses and couplings to every plate and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from thermal.rack.layout import Point, Tube, TubeRole
from thermal.rack.parts import Coupling, Part, Pipe
from thermal.rack.placement_lines import along_axes, beside, cut, rounded, straight_part
from thermal.rack.placement_sizes import bore
from thermal.rack.placement_tree import Block, Join, Leaf, is_wet_plate, leaves, nominal_length

__all__ = ["End", "Ports", "Router"]

_HEADER = 0.018  # [m] from plates to the line along which their hoses branch
_RADIUS = 3.0  # of bends, over the bore
_SPACING = 0.003  # [m] between hoses side by side
_ASIDE = 0.1  # [m] that hoses in parallel may take together
_SHORTEST = 0.01  # [m]


@dataclass(frozen=True, slots=True)
class Ports:
    """Where coolant enters and leaves a plate, and the plate's outline in plan: low and high corner [m]."""

    inlet: Point
    outlet: Point
    low: tuple[float, float]
    high: tuple[float, float]
    bore: float


@dataclass(frozen=True, slots=True)
class End:
    """A node with the first points of every way from it, and the axes in the order in which these go on."""

    points: tuple[Point, ...]
    order: str = ""


@dataclass(frozen=True, slots=True)
class _Access:
    """Where a block would have its nodes, what it covers in plan, and along which axis its branches part."""

    inlet: Point
    outlet: Point
    low: tuple[float, float]
    high: tuple[float, float]
    order: str = "xy"
    heads: tuple[bool, bool] = (False, False)


@dataclass
class Router:
    """Lays the tubes of one tray.

    Parameters
    ----------
    parts : mapping
        Parts by name.
    plates : mapping of str to Ports
        By element path.
    levels : (float, float)
        Height at which coolant is led to plates, and from them [m].
    low, high : (float, float)
        Area that hoses keep to, x and y [m].
    """

    parts: Mapping[str, Part]
    plates: Mapping[str, Ports]
    levels: tuple[float, float]
    low: tuple[float, float]
    high: tuple[float, float]
    tubes: list[Tube] = field(default_factory=list)
    _known: dict[int, _Access] = field(default_factory=dict)

    def lay(self, block: Block, start: End, end: End) -> None:
        """Lay a block between two nodes."""
        if not is_wet_plate(block):
            way = (*self._way(start, end.points[-1], start.order or "xy"), *end.points[-2::-1])
            self.lay_tubes(block, way)
        elif isinstance(block, Leaf):
            self._plate(block, start, end)
        elif block.parallel:
            self._parallel(block, start, end)
        else:
            self._series(block, start, end)

    def lay_tubes(self, block: Block, way: Sequence[Point]) -> None:
        """Lay a block without plates along a way; what is in parallel runs side by side."""
        widest = max(self._bore(leaf) for leaf in leaves(block))
        self._spread(block, rounded(_long_enough(way), _RADIUS * widest))

    # ------------------------------------------------------------------------------------------------- branches

    def _series(self, block: Join, start: End, end: End) -> None:
        """Lay blocks one after the other: between two blocks of plates the hoses there are, or a joint."""
        chains: list[list[Block]] = [[]]
        wet: list[Block] = []
        for inner in block.blocks:
            if is_wet_plate(inner):
                wet.append(inner)
                chains.append([])
            else:
                chains[-1].append(inner)
        here = start
        for number, inner in enumerate(wet):
            if chains[number]:
                inlet = self._access(inner).inlet
                way = self._way(here, inlet, "xyz") if number else self._risen(start, inlet)
                self._chain(chains[number], way)
                here = End((inlet,))
            there = end
            if number < len(wet) - 1 or chains[-1]:
                point = self._access(inner).outlet
                if number < len(wet) - 1 and not chains[number + 1]:
                    point = _joint(self._access(inner), self._access(wet[number + 1]))
                there = End((point,))
            self.lay(inner, here, there)
            here = there
        if chains[-1]:
            self._chain(chains[-1], self._risen(end, here.points[-1])[::-1])

    def _parallel(self, block: Join, start: End, end: End) -> None:
        order = self._access(block).order
        start, end = End(start.points, start.order or order), End(end.points, end.order or order)
        bare = [inner for inner in block.blocks if not is_wet_plate(inner)]
        for inner in block.blocks:
            if is_wet_plate(inner):
                self.lay(inner, start, end)
        way = (*self._way(start, end.points[-1], start.order), *end.points[-2::-1])
        if bare:
            self.lay_tubes(Join(parallel=True, blocks=tuple(bare)), way)

    def _plate(self, leaf: Leaf, start: End, end: End) -> None:
        """Lead coolant to a plate's inlet and from its outlet."""
        ports, path = self.plates[leaf.element.path], leaf.element.path
        for point, node, stretch in ((ports.inlet, start, (0.0, 0.0)), (ports.outlet, end, (1.0, 1.0))):
            way = _long_enough(self._way(node, point, (node.order or "xy") + "z"))
            points = rounded(way if stretch[0] == 0.0 else way[::-1], _RADIUS * ports.bore)
            self._tube(path, "hose", leaf.part, points, ports.bore, stretch)

    def _risen(self, end: End, point: Point) -> tuple[Point, ...]:
        """Return the way from a node to a point at whose height it goes on as early as it may."""
        points = end.points
        if len(points) > 1:
            points = (*points[:-1], (*points[-1][:2], point[2]))
        return self._way(End(points), point, "z" + (end.order or "xy"))

    def _way(self, end: End, point: Point, order: str) -> tuple[Point, ...]:
        """Return the way from a node to a point; axes that the order leaves out come last."""
        order += "".join(axis for axis in "xyz" if axis not in order)
        return (*end.points[:-1], *along_axes(end.points[-1], point, order))

    # ---------------------------------------------------------------------------------------------------- tubes

    def _chain(self, blocks: list[Block], way: Sequence[Point]) -> None:
        self.lay_tubes(Join(parallel=False, blocks=tuple(blocks)), way)

    def _spread(self, block: Block, way: Sequence[Point]) -> None:
        if isinstance(block, Leaf):
            self._element(block, way)
        elif not block.parallel:
            lengths = [max(nominal_length(inner), _SHORTEST) for inner in block.blocks]
            for inner, part in zip(block.blocks, cut(way, lengths), strict=True):
                self._spread(inner, part)
        else:
            widest = max(self._bore(leaf) for leaf in leaves(block))
            step = min(widest + _SPACING, _ASIDE / len(block.blocks))
            middle = (self.low[0] + self.high[0]) / 2, (self.low[1] + self.high[1]) / 2
            for number, inner in enumerate(block.blocks):
                self._spread(inner, beside(way, number * step, middle, self.high[1]))

    def _element(self, leaf: Leaf, way: Sequence[Point]) -> None:
        """Lay one element: a pipe all the way, anything else on a straight piece with hoses to both sides."""
        name, path, diameter = leaf.part, leaf.element.path, self._bore(leaf)
        part = self.parts[name]
        if isinstance(part, Pipe):
            hose = "hose" in (part.item_class or "hose")
            self._tube(path, "hose" if hose else "pipe", name, way, diameter)
            return
        before, body, after = straight_part(way, leaf.length)
        role: TubeRole = "coupling" if isinstance(part, Coupling) else "pipe"
        self._tube(path, "hose", name, before, diameter, (0.0, 0.0))
        self._tube(path, role, name, body, diameter)
        self._tube(path, "hose", name, after, diameter, (1.0, 1.0))

    def _tube(
        self, path: str, role: TubeRole, part: str, points: Sequence[Point], diameter: float,
        stretch: tuple[float, float] = (0.0, 1.0),
    ) -> None:  # fmt: skip
        if len(points) > 1:
            self.tubes.append(Tube(path, role, part, None, tuple(points), diameter, "assumed", stretch))

    def _bore(self, leaf: Leaf) -> float:
        return bore(self.parts[leaf.part])

    # --------------------------------------------------------------------------------------------------- access

    def _access(self, block: Block) -> _Access:
        found = self._known.get(id(block))
        if found is None:
            found = self._known[id(block)] = self._found(block)
        return found

    def _found(self, block: Block) -> _Access:
        if isinstance(block, Leaf):
            ports, (into, out) = self.plates[block.element.path], self.levels
            return _Access((*ports.inlet[:2], into), (*ports.outlet[:2], out), ports.low, ports.high)
        inner = [self._access(one) for one in block.blocks if is_wet_plate(one)]
        low = min(one.low[0] for one in inner), min(one.low[1] for one in inner)
        high = max(one.high[0] for one in inner), max(one.high[1] for one in inner)
        if block.parallel and len(inner) > 1:
            return self._headers(inner, low, high)
        first, last = inner[0], inner[-1]
        return _Access(first.inlet, last.outlet, low, high, first.order, (first.heads[0], last.heads[1]))

    def _headers(self, inner: list[_Access], low: tuple[float, float], high: tuple[float, float]) -> _Access:
        """Return the nodes of blocks in parallel, on lines along which hoses branch off to each of them."""
        inlets, outlets = [one.inlet for one in inner], [one.outlet for one in inner]
        wide, deep = (max(p[axis] for p in inlets) - min(p[axis] for p in inlets) for axis in (0, 1))
        # Along x when the blocks stand side by side, their headers then lie before and behind them.
        across = 1 if wide >= deep else 0
        along = 1 - across
        # Where neither lies ahead, as in several rows, supply keeps to the left and return to the right.
        forward = _mean(outlets, across) >= _mean(inlets, across) - _SHORTEST
        near, far = low[across] - _HEADER, high[across] + _HEADER
        lines = (near, far) if forward else (far, near)
        lines_in = self._clamped(lines[0], across), self._clamped(lines[1], across)
        ends: list[Point] = []
        for points, line, level in zip((inlets, outlets), lines_in, self.levels, strict=True):
            place = [0.0, 0.0]
            place[across], place[along] = line, _mean(points, along)
            ends.append((place[0], place[1], level))
        low_, high_ = list(low), list(high)
        low_[across], high_[across] = min(low[across], near), max(high[across], far)
        order = "xy" if along == 0 else "yx"
        return _Access(ends[0], ends[1], (low_[0], low_[1]), (high_[0], high_[1]), order, (True, True))

    def _clamped(self, value: float, axis: int) -> float:
        return max(self.low[axis], min(self.high[axis], value))


def _joint(first: _Access, second: _Access) -> Point:
    """Return the node between two blocks of plates: where branches meet, or half-way."""
    if first.heads[1] != second.heads[0]:
        return first.outlet if first.heads[1] else second.inlet
    x, y, z = ((a + b) / 2 for a, b in zip(first.outlet, second.inlet, strict=True))
    return x, y, z


def _mean(points: Sequence[Point], axis: int) -> float:
    return sum(point[axis] for point in points) / len(points)


def _long_enough(way: Sequence[Point]) -> tuple[Point, ...]:
    """Return the way, by a detour where its ends are one point."""
    if len(way) > 1:
        return tuple(way)
    x, y, z = way[0]
    side = _SHORTEST
    return (way[0], (x + side, y, z), (x + side, y + side, z), (x, y + side, z), way[0])
