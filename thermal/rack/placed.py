"""Fields that name something in the file, in whose place the loader has put what they name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from thermal.rack.quantity import wrong_value

__all__ = ["Placed"]


@dataclass(frozen=True, slots=True)
class Placed:
    """Marks a field that holds something of a kind once it is loaded, and in the file its name.

    Parameters
    ----------
    kind : type
        What the loader puts there.
    wrong, right : str
        What is said of anything else: what it is not, and what to write.
    pattern : str, optional
        Regular expression of the name, for editors.
    """

    kind: type
    wrong: str
    right: str
    pattern: str | None = None

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._read)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", **({"pattern": self.pattern} if self.pattern else {})}

    def _read(self, raw: object) -> object:
        if isinstance(raw, self.kind):
            return raw
        raise wrong_value(wrong=f"{raw!r:.60} {self.wrong}", right=self.right)
