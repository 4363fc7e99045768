"""Walks the values of a rack: gives each its basis and source, lists them by path, replaces one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from pydantic import BaseModel

from thermal.rack.tree import Credit, Location, Node, is_value, mapping_of, walk
from thermal.rack.values import DEFAULT, Value

__all__ = ["credit_values", "replace_value", "values_in"]

M = TypeVar("M", bound=BaseModel)


def credit_values(model: M, root: Node) -> M:
    """Return the model with basis and source given to every value that states none itself.

    They are those of its part, or of the section it stands in. A value that the file leaves to its default is not the
    part's: it is ``assumed``, from `DEFAULT`.
    """

    def credit(location: Location, value: Value) -> Value:
        nodes = [node for _, node in walk(root, location)]
        if isinstance(nodes[-1].value, dict) and not is_value(nodes[-1]):
            return replace(value, basis="assumed", source=DEFAULT)
        known = nodes[-1].credit or _stated(nodes)
        if known is None or value.basis is not None:
            return value
        return replace(value, basis=known.basis, source=value.source or known.source)

    out = _mapped(model, (), credit)
    return out if isinstance(out, type(model)) else model


def _stated(nodes: Sequence[Node]) -> Credit | None:
    """Return what the innermost section around a value states, outside of parts, whose values carry their credit."""
    for node in reversed(nodes):
        basis, source = (mapping_of(node).get(key) for key in ("basis", "source"))
        if basis is not None and not is_value(node):
            return Credit(str(basis.value), str(source.value) if source is not None else None)
    return None


def values_in(thing: object, location: Location = ()) -> Iterator[tuple[Location, Value]]:
    """Yield every value of a model with its location, in the order of the fields."""
    if isinstance(thing, Value):
        yield location, thing
    elif isinstance(thing, BaseModel):
        for name, field in type(thing).model_fields.items():
            yield from values_in(getattr(thing, name), (*location, field.alias or name))
    elif isinstance(thing, dict):
        for key, child in thing.items():
            yield from values_in(child, (*location, key))
    elif isinstance(thing, tuple) and thing and not isinstance(thing[0], str | float | int):
        for index, child in enumerate(thing):
            yield from values_in(child, (*location, index))


def replace_value(model: M, location: Location, number: float) -> M:
    """Return the model with the SI number of the value at `location` replaced; its range and source stay.

    Raises
    ------
    KeyError
        No value stands there.
    """
    out = _replaced(model, location, number)
    if not isinstance(out, type(model)):
        raise KeyError(location)
    return out


def _replaced(thing: object, location: Location, number: float) -> object:
    """Return a copy of `thing` changed along `location` only."""
    if isinstance(thing, Value) and not location:
        return replace(thing, value=number, text=f"{number!r} (SI)")
    if not location:
        raise KeyError(location)
    step, rest = location[0], location[1:]
    if isinstance(thing, BaseModel):
        for name, field in type(thing).model_fields.items():
            if step == (field.alias or name):
                return thing.model_copy(update={name: _replaced(getattr(thing, name), rest, number)})
    elif isinstance(thing, dict) and step in thing:
        return {**thing, step: _replaced(thing[step], rest, number)}
    elif isinstance(thing, tuple) and isinstance(step, int) and 0 <= step < len(thing):
        return (*thing[:step], _replaced(thing[step], rest, number), *thing[step + 1 :])
    raise KeyError(location)


def _mapped(thing: object, location: Location, change: Callable[[Location, Value], Value]) -> object:
    """Return `thing` with `change` applied to all its values; unchanged things are returned as they are."""
    if isinstance(thing, Value):
        return change(location, thing)
    if isinstance(thing, BaseModel):
        update = {}
        for name, field in type(thing).model_fields.items():
            old = getattr(thing, name)
            new = _mapped(old, (*location, field.alias or name), change)
            if new is not old:
                update[name] = new
        return thing.model_copy(update=update) if update else thing
    if isinstance(thing, dict):
        changed = {key: _mapped(child, (*location, key), change) for key, child in thing.items()}
        return changed if any(changed[key] is not thing[key] for key in thing) else thing
    if isinstance(thing, tuple) and thing and not isinstance(thing[0], str | float | int):
        items = tuple(_mapped(child, (*location, index), change) for index, child in enumerate(thing))
        return items if any(new is not old for new, old in zip(items, thing, strict=True)) else thing
    return thing
