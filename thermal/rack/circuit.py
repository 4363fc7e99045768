"""A coolant circuit as data: parts in series and in parallel, nested as deep as the plumbing is."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, Discriminator, Field, JsonValue, Tag, model_validator

from thermal.rack.model import Model, Name
from thermal.rack.quantity import wrong_value

__all__ = ["Circuit", "Parallel", "Series", "Use"]


class Use(Model):
    """One part, or several like it, in the enclosing series or parallel; a bare part name means the same."""

    part: Name = Field(description="name of a part")
    name: Name | None = Field(None, description="how paths call it; the part's name when absent")
    repeat: int = Field(1, ge=1, le=1000, description="number of copies in the enclosing series or parallel")

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, raw: Any) -> Any:
        return {"part": raw} if isinstance(raw, str) else raw

    @property
    def label(self) -> str:
        """The name that paths show."""
        return self.name or self.part


def _not_empty(branches: tuple[Any, ...]) -> tuple[Any, ...]:
    if not branches:
        raise wrong_value(wrong="the circuit leads nowhere: the list is empty", right="list one part at least")
    return branches


# For editors only: loading says more than that the list is too short.
_NOT_EMPTY: dict[str, JsonValue] = {"minItems": 1}


def _form(raw: object) -> str | None:
    """Return the tag of a circuit entry; the angle brackets keep it apart from keys in error locations."""
    if isinstance(raw, Series) or (isinstance(raw, dict) and "series" in raw):
        return "<series>"
    if isinstance(raw, Parallel) or (isinstance(raw, dict) and "parallel" in raw):
        return "<parallel>"
    return "<part>" if isinstance(raw, str | dict | Use) else None


class Series(Model):
    """Entries passed one after the other."""

    series: Annotated[tuple[Circuit, ...], AfterValidator(_not_empty)] = Field(
        description="passed in this order", json_schema_extra=_NOT_EMPTY
    )


class Parallel(Model):
    """Entries between the same two points."""

    parallel: Annotated[tuple[Circuit, ...], AfterValidator(_not_empty)] = Field(
        description="side by side", json_schema_extra=_NOT_EMPTY
    )


Circuit: TypeAlias = Annotated[
    Annotated[Use, Tag("<part>")] | Annotated[Series, Tag("<series>")] | Annotated[Parallel, Tag("<parallel>")],
    Discriminator(_form),
]
"""A part name, ``{part, name, repeat}``, ``{series: […]}`` or ``{parallel: […]}``."""

Series.model_rebuild()
Parallel.model_rebuild()
