"""``thermal schema``: JSON Schemas of the files people write."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from thermal.cli import options
from thermal.cli.output import print_json

EPILOG = """\b
Examples:
  thermal schema > rack.schema.json
  thermal schema prices --out prices.schema.json

\b
An editor with YAML support completes and checks a rack file whose first line is
  # yaml-language-server: $schema=rack.schema.json
"""

KINDS = ("rack", "parts", "coolant", "prices", "shares")


@click.command("schema", short_help="JSON Schemas, for editors.", epilog=EPILOG)
@click.argument("kind", type=click.Choice(KINDS), default="rack")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write to a file.")
@options.debug
def command(kind: str, out: Path | None) -> None:
    """Print the JSON Schema of a rack file, a catalogue of parts, a coolant, a price book or suppliers' shares."""
    schema = schema_of_kind(kind)
    if out is None:
        print_json(schema)
        return
    draft = out.with_name(f".{out.name}.part")
    try:
        draft.write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        draft.replace(out)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise click.FileError(str(out), error.strerror or str(error)) from error


def schema_of_kind(kind: str) -> dict[str, Any]:
    """Return the JSON Schema of one of `KINDS`."""
    from thermal.rack.json_schema import json_schema, schema_of

    if kind == "prices":
        from thermal.cost.prices import PriceBook

        return schema_of(PriceBook)
    if kind == "shares":
        from thermal.cost.shares import ShareFile

        return schema_of(ShareFile)
    return json_schema(kind)
