"""Questions asked of circuits as written: which parts they use, how many, and where a closed valve stops the flow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from thermal.rack.circuit import Circuit, Parallel, Series, Use
from thermal.rack.parts import Assembly, Cdu, Part, Plate, Valve
from thermal.rack.tree import Location

__all__ = ["DEEPEST", "MOST_PARTS", "Plumbing", "uses_in"]

DEEPEST = 20
"""Assemblies inside assemblies, at most."""
MOST_PARTS = 100_000
"""Parts, or devices, of the expanded rack, at most."""


def uses_in(circuit: Circuit, location: Location = ()) -> Iterator[tuple[Location, Use]]:
    """Yield every part use of a circuit with its location in the file, in order of flow."""
    if isinstance(circuit, Use):
        yield location, circuit
        return
    key, branches = ("series", circuit.series) if isinstance(circuit, Series) else ("parallel", circuit.parallel)
    for index, branch in enumerate(branches):
        yield from uses_in(branch, (*location, key, index))


class Plumbing:
    """Circuits together with the parts they name.

    Parameters
    ----------
    parts : mapping of str to Part
        By name; circuits may name parts that are not there.
    """

    def __init__(self, parts: Mapping[str, Part]) -> None:
        self.parts = parts
        # What is known of assemblies, by part name: a few may stand for very many.
        self._sizes: dict[str, int] = {}
        self._plates: dict[str, dict[str, int]] = {}
        self._closed: dict[str, Use | None] = {}

    @cached_property
    def circles(self) -> dict[str, tuple[str, ...]]:
        """Assemblies that contain themselves, each with the chain that leads back to it."""
        out: dict[str, tuple[str, ...]] = {}
        done: set[str] = set()
        for name in self.parts:
            self._follow(name, (), done, out)
        return out

    def _follow(self, name: str, chain: tuple[str, ...], done: set[str], out: dict[str, tuple[str, ...]]) -> None:
        if name in chain:
            circle = (*chain[chain.index(name) :], name)
            out.update(dict.fromkeys(circle, circle))
        elif name not in done and isinstance(part := self.parts.get(name), Assembly | Cdu):
            if len(chain) > DEEPEST:
                out[name] = (*chain, name, "…")
            else:
                for _, use in uses_in(part.circuit):
                    self._follow(use.part, (*chain, name), done, out)
        done.add(name)

    def inside(self, use: Use) -> Circuit | None:
        """Return the circuit of an assembly, None for anything else and for one that contains itself."""
        part = self.parts.get(use.part)
        return part.circuit if isinstance(part, Assembly) and use.part not in self.circles else None

    def inventory(self, name: str) -> set[str]:
        """Return the part and all the parts it consists of, at any depth, be they defined or not."""
        out, todo = set[str](), [name]
        while todo:
            name = todo.pop()
            part = self.parts.get(name)
            if name not in out and isinstance(part, Assembly | Cdu):
                todo += [use.part for _, use in uses_in(part.circuit)]
            out.add(name)
        return out

    def size(self, circuit: Circuit) -> int:
        """Return the number of parts the circuit expands to."""
        total = 0
        for _, use in uses_in(circuit):
            inner = self.inside(use)
            if inner is not None and use.part not in self._sizes:
                self._sizes[use.part] = self.size(inner)
            total += use.repeat * (1 if inner is None else self._sizes[use.part])
        return total

    def plates(self, circuit: Circuit) -> dict[str, int]:
        """Return the number of plates by the name that paths show, assemblies opened."""
        out: dict[str, int] = {}
        for _, use in uses_in(circuit):
            inner = self.inside(use)
            if inner is not None and use.part not in self._plates:
                self._plates[use.part] = self.plates(inner)
            own = {use.label: 1} if isinstance(self.parts.get(use.part), Plate) else {}
            for label, count in (own if inner is None else self._plates[use.part]).items():
                out[label] = out.get(label, 0) + use.repeat * count
        return out

    def closed(self, circuit: Circuit) -> Use | None:
        """Return the closed valve that stops all flow through the circuit, or None."""
        if isinstance(circuit, Use):
            part = self.parts.get(circuit.part)
            if isinstance(part, Valve):
                return circuit if part.opening.value == 0.0 else None
            inner = self.inside(circuit)
            if inner is not None and circuit.part not in self._closed:
                self._closed[circuit.part] = self.closed(inner)
            return circuit if inner is not None and self._closed[circuit.part] else None
        if isinstance(circuit, Series):
            return next((valve for branch in circuit.series if (valve := self.closed(branch))), None)
        closed = [self.closed(branch) for branch in circuit.parallel]
        return closed[0] if all(closed) else None

    def dry(self, circuit: Circuit, location: Location = ()) -> Iterator[tuple[Location, Use, list[str]]]:
        """Yield, for each stretch that a closed valve cuts off, its location, the valve, and the plates in it."""
        valve = self.closed(circuit)
        if valve is not None:
            if plates := list(self.plates(circuit)):
                yield location, valve, plates
        elif isinstance(circuit, Series):
            for index, branch in enumerate(circuit.series):
                yield from self.dry(branch, (*location, "series", index))
        elif isinstance(circuit, Parallel):
            for index, branch in enumerate(circuit.parallel):
                yield from self.dry(branch, (*location, "parallel", index))
