"""Turns what pydantic objects to into problems with a place in the file and a remedy."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from functools import lru_cache
from itertools import islice
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel, Tag, ValidationError
from pydantic_core import ErrorDetails

from thermal.errors import Problem
from thermal.rack.quantity import VALUE_KEYS, Quantity
from thermal.rack.source import clean
from thermal.rack.tree import Location, Node, dotted, walk
from thermal.rack.values import Value
from thermal.units import DIMENSIONS

__all__ = ["problem_at", "schema_problems", "suggest"]

_EXPECTED = {
    "string_type": ("text", "write a text, quoted when it looks like a number"),
    "int_type": ("a whole number", "write a whole number such as 4"),
    "int_from_float": ("a whole number", "write a whole number such as 4"),
    "float_type": ("a number", "write a plain number such as 0.9"),
    "bool_type": ("true or false", "write true or false"),
    "dict_type": ("a mapping", "write `key: value` entries below it"),
    "model_type": ("a mapping", "write `key: value` entries below it"),
    "model_attributes_type": ("a mapping", "write `key: value` entries below it"),
    "tuple_type": ("a list", "write [a, b] or one `- entry` per line"),
}
_BOUNDS = {
    "greater_than_equal": "write {ge} or more",
    "less_than_equal": "write {le} or less",
    "too_short": "give {min_length} at least",
    "too_long": "give {max_length} at most",
}


def schema_problems(error: ValidationError, root: Node, model: Any, most: int | None = None) -> list[Problem]:
    """Return a problem for each error of a validation.

    Parameters
    ----------
    error : ValidationError
        What pydantic raised for `model` on the bare data of `root`.
    root : Node
        The tree the data came from, as `Document.root`.
    model : type
        The model, or any type that was validated; known keys and examples are read from it.
    most : int, optional
        Problems returned, at most; of more errors than that, each place is told once.
    """
    details = error.errors(include_url=False)
    if most is not None and len(details) > most:
        details = list(islice(_once_each(details, root), most))
    return [clean(_problem(detail, root, model)) for detail in details]


def _once_each(details: Iterable[ErrorDetails], root: Node) -> Iterator[ErrorDetails]:
    """Yield the errors without those that a part repeats because it extends a faulty one."""
    seen = set()
    for detail in details:
        wanted = tuple(step for step in detail["loc"] if not _is_tag(step))
        *_, (_, node) = walk(root, wanted)
        key = (node.mark, detail["type"], wanted[-1:])
        if key not in seen:
            seen.add(key)
            yield detail


def problem_at(root: Node, location: Location, wrong: str, right: str) -> Problem:
    """Return the problem of the entry at `location`, placed at its value, or at what surrounds it when missing."""
    *_, (found, node) = walk(root, location)
    mark = node.mark if len(found) == len(location) else node.place
    return clean(Problem(mark.file, mark.line, mark.column, dotted(location) or "file", wrong, right))


def suggest(word: object, known: Iterable[str], otherwise: str = "") -> str:
    """Return "did you mean …?" for a near miss, else `otherwise`, else the list of what is known."""
    known = list(islice(known, 2000))  # a near name is sought, not waited for
    close = get_close_matches(str(word), known, n=1, cutoff=0.55)
    if close:
        return f"did you mean '{close[0]}'?"
    return otherwise or (f"known: {', '.join(known[:30])}" if known else "remove it")


def _problem(detail: ErrorDetails, root: Node, model: Any) -> Problem:
    wanted = tuple(step for step in detail["loc"] if not _is_tag(step))
    *_, (location, node) = walk(root, wanted)
    kind, shown = detail["type"], _short(detail["input"])
    around = _type_at(model, detail["loc"][:-1])
    here = _type_at(model, detail["loc"])
    context = detail.get("ctx", {})
    mark = node.mark
    if kind == "missing":
        location, mark = wanted, node.place
        wrong, right = _missing(wanted[-1], here)
    elif kind == "extra_forbidden":
        mark = node.place
        wrong = f"unknown key '{wanted[-1]}'"
        right = suggest(wanted[-1], _keys(around))
    elif kind == "rack":
        wrong, right = context["wrong"], context["right"]
    elif kind in ("union_tag_not_found", "union_tag_invalid"):
        wrong, right = _no_kind(here, detail["input"])
    elif kind == "literal_error":
        options = [str(option) for option in get_args(_bare(here))]
        wrong = f"{shown} is not accepted"
        right = suggest(detail["input"], options, f"write one of {', '.join(options)}")
    elif kind in _EXPECTED:
        wrong, right = f"{shown} is not {_EXPECTED[kind][0]}", _EXPECTED[kind][1]
    elif kind in _BOUNDS:
        wrong, right = f"{shown} is not accepted", _BOUNDS[kind].format(**context)
    elif kind == "string_pattern_mismatch":
        mark = node.place if "[key]" in detail["loc"] else mark
        wrong, right = f"{shown} is no name", "use a letter, then letters, digits, '_' and '-'"
    else:
        wrong, right = f"{shown} is not accepted", detail["msg"][:1].lower() + detail["msg"][1:]
    return Problem(mark.file, mark.line, mark.column, dotted(location) or "file", wrong, right)


def _missing(step: str | int, here: Any) -> tuple[str, str]:
    if isinstance(step, int):
        return f"entry {step + 1} of the list is missing", "write as many entries as the field needs"
    return f"`{step}` is missing", f"add `{step}: {_example(here)}`"


def _no_kind(here: Any, raw: object) -> tuple[str, str]:
    """Explain an entry whose kind (or form) is not known."""
    kinds = [tag.strip("<>") for tag in _tags(here)]
    if "series" in kinds:
        return f"{_short(raw)} is no circuit", "write a part name, {part: …}, {series: […]} or {parallel: […]}"
    if not isinstance(raw, dict):
        return f"{_short(raw)} is not a mapping", f"write a mapping with `kind:` one of {', '.join(kinds)}"
    if "kind" not in raw and (close := get_close_matches("kind", [str(key) for key in raw], n=1)):
        return f"`kind` is missing, and '{close[0]}' is unknown", "did you mean 'kind'?"
    if "kind" not in raw:
        return "`kind` is missing", f"add `kind:` with one of {', '.join(kinds)}"
    return f"kind {_short(raw['kind'])} is not known", suggest(raw["kind"], kinds, f"one of {', '.join(kinds)}")


def _short(raw: object) -> str:
    if raw is None:
        return "nothing"
    if isinstance(raw, dict):
        return "a mapping"
    if isinstance(raw, tuple | list):
        return "a list"
    text = repr(raw)
    return text if len(text) <= 60 else text[:59] + "…"


def _is_tag(step: str | int) -> bool:
    return isinstance(step, str) and (step.startswith("<") or step == "[key]")


def _type_at(model: Any, location: Sequence[str | int]) -> Any:
    """Return the annotated type that the schema has at a validation location, or None."""
    here = model
    for step in location:
        if step != "[key]":
            here = _inside(here, step)
    return here


def _inside(annotation: Any, step: str | int) -> Any:
    """Return the type one step further into `annotation`."""
    if _is_tag(step):
        return _members(annotation).get(str(step))
    bare = _bare(annotation)
    arguments = get_args(bare)
    if get_origin(bare) is dict:
        return arguments[1]
    if get_origin(bare) is tuple:
        inner = arguments[0] if len(arguments) == 2 and arguments[1] is Ellipsis else None
        return inner or (arguments[step] if isinstance(step, int) and step < len(arguments) else None)
    if isinstance(bare, type) and issubclass(bare, BaseModel):
        return _fields(bare).get(str(step))
    return annotation if bare is Value and step in ("value", "low", "high") else None


@lru_cache(maxsize=256)
def _fields(model: type[BaseModel]) -> dict[str, Any]:
    """Return the annotated field types of a model by the name they have in files."""
    hints = typing.get_type_hints(model, include_extras=True)
    return {field.alias or name: hints[name] for name, field in model.model_fields.items()}


def _bare(annotation: Any) -> Any:
    """Strip ``Annotated`` and ``| None``."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
            continue
        if get_origin(annotation) in (typing.Union, types.UnionType):
            arms = [arm for arm in get_args(annotation) if arm is not type(None)]
            if len(arms) == 1:
                annotation = arms[0]
                continue
        return annotation


def _members(annotation: Any) -> dict[str, Any]:
    """Return the members of a tagged union by tag."""
    out = {}
    for arm in get_args(_bare(annotation)):
        tags = [extra.tag for extra in get_args(arm)[1:] if isinstance(extra, Tag)]
        out.update(dict.fromkeys(tags, arm))
    return out


def _tags(annotation: Any) -> list[str]:
    return list(_members(annotation))


def _keys(annotation: Any) -> list[str]:
    """Return the keys a mapping of this type may have."""
    bare = _bare(annotation)
    if bare is Value:
        return list(VALUE_KEYS)
    if isinstance(bare, type) and issubclass(bare, BaseModel):
        keys = list(_fields(bare))
        return [*keys, "series", "parallel"] if keys == ["part", "name", "repeat"] else keys
    return ["unit", "values"] if get_origin(bare) is tuple else []


def _quantity(annotation: Any) -> Quantity | None:
    if get_origin(annotation) in (typing.Union, types.UnionType):
        annotation = next(arm for arm in get_args(annotation) if arm is not type(None))
    return next((extra for extra in get_args(annotation) if isinstance(extra, Quantity)), None)


def _example(annotation: Any) -> str:
    """Return a text that would do for a field of this type."""
    quantity, bare = _quantity(annotation), _bare(annotation)
    if quantity is not None:
        return DIMENSIONS[quantity.dimension].example
    if get_origin(bare) is Literal:
        return str(get_args(bare)[0])
    if "<number>" in _tags(annotation):
        return _example(_members(annotation)["<number>"])
    if _tags(annotation):
        return "{kind: …}" if "<series>" not in _tags(annotation) else "{series: […]}"
    if bare is int:
        return "4"
    if isinstance(bare, type) and issubclass(bare, BaseModel):
        return f"{{{', '.join(f'{key}: …' for key in list(_fields(bare))[:3])}}}"
    return "[…]" if get_origin(bare) is tuple else "{…}" if get_origin(bare) is dict else "…"
