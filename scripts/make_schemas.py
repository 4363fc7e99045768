"""Writes the JSON Schemas in racks/schema/ from the models; run after any change of a model."""

from __future__ import annotations

import json
from pathlib import Path

from thermal.cost.prices import PriceBook
from thermal.rack.json_schema import json_schema, schema_of

FOLDER = Path(__file__).resolve().parent.parent / "racks" / "schema"


def main() -> None:
    """Write rack, parts, coolant and prices."""
    schemas = {kind: json_schema(kind) for kind in ("rack", "parts", "coolant")}
    schemas["prices"] = schema_of(PriceBook, {"Price": {"type": "number", "minimum": 0}})
    FOLDER.mkdir(exist_ok=True)
    for kind, schema in schemas.items():
        text = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        (FOLDER / f"{kind}.schema.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
