"""What all models of the schema share: frozen, unknown keys refused, no silent conversion."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from thermal.rack.quantity import wrong_value

__all__ = ["Basis", "Credited", "Model", "Name", "check_exactly_one"]

Name: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", max_length=80)]
"""A name that paths can hold: a letter, then letters, digits, ``_`` and ``-``."""

Basis: TypeAlias = Literal["published", "estimate", "article", "inferred", "fitted", "assumed"]


class Model(BaseModel):
    """A frozen model that refuses unknown keys and does not convert types (``"4"`` is not 4)."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, arbitrary_types_allowed=False)


class Credited(Model):
    """A section of a part that may have a basis and source of its own."""

    basis: Basis | None = Field(None, description="default basis of the values below; the part's when absent")
    source: str | None = Field(None, description="default source of the values below; the part's when absent")


def check_exactly_one(model: BaseModel, names: Iterable[str]) -> None:
    """Raise the field error of a choice of which none or several are given."""
    names = list(names)
    given = [name for name in names if getattr(model, name) is not None]
    if len(given) == 1:
        return
    choice = ", ".join(f"`{name}`" for name in names)
    wrong = f"{' and '.join(f'`{name}`' for name in given)} are given together" if given else "none is given"
    raise wrong_value(wrong, f"give exactly one of {choice}")
