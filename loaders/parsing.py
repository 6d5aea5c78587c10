"""JSON as county servers send it. Imports little, for the encoding process (encoding.py)."""

import json
from math import isfinite
from typing import Any, NamedTuple

import msgspec
import orjson

Record = dict[str, Any]


class Page(NamedTuple):
    """Records of a source as they were sent."""

    body: bytes
    """A JSON document that parse_json takes."""
    records: int
    """Number of records. The document may list others before them, which do not count."""


class NotFinite(float):
    """NaN or an infinity in a JSON text. A type of its own: orjson writes a plain NaN as null,
    silently, and refuses this one."""


def parse_json(content: bytes) -> Any:
    """Parse an answer as it was sent, also with lone surrogates, bad UTF-8 bytes or NaN in it.

    Raises:
        ValueError: the text is no JSON document, for example cut off.
    """
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        # orjson refuses a whole page for one odd character; records.py sorts those out one by one
        return json.loads(
            content.decode("utf-8", "surrogateescape"),
            parse_constant=NotFinite,
            parse_float=lambda text: value if isfinite(value := float(text)) else NotFinite(value),
        )


def parse_outline(content: bytes, outline: msgspec.json.Decoder[Any]) -> Any:
    """Parse what `outline` names and skip the rest, checking its syntax: a third of the time.

    A document of another form, or with something odd in it, is parsed whole, as parse_json does.

    Raises:
        ValueError: the text is no JSON document, for example cut off.
    """
    try:
        return outline.decode(content)
    except msgspec.DecodeError:
        return parse_json(content)
