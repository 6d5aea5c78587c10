"""One published record -> the row to land: its key, its text as JSONB can hold it, its hash."""

import hashlib
import json
import re
import string
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import orjson

from loaders.parsing import NotFinite, Page, Record, parse_json

NO_KEY = "no key"
NOT_JSONB = "not storable as jsonb, landed cleaned"
# jsonb takes neither NUL nor half of a surrogate pair
UNSTORABLE_CHARACTERS = re.compile("[\x00\ud800-\udfff]")
REPLACEMENT = "\ufffd"
BLANK = "|" + string.whitespace
HASH_LENGTH = 32


Version = tuple[str, bytes, str]
"""Source key, payload and payload hash of one version of a record. Equal hashes mean equal county,
key and content. A plain tuple: a class costs more to make, and to hand over, than to encode."""


class Rejection(NamedTuple):
    """A record that could not be landed as it was sent, kept as JSON text in ASCII."""

    source_key: str | None
    reason: str
    record: bytes
    record_hash: str


class EncodedPage(NamedTuple):
    """What became of the records of one page."""

    records: int
    versions: list[Version]
    rejections: list[Rejection]


def _json(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _json_of_any_integer(value: Any) -> bytes:
    """As _json, also beyond 64 bits: jsonb can, orjson cannot."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


class RecordEncoder:
    """Encodes the records of one source of one county.

    Args:
        county_fips: part of the hash, so that no version belongs to two counties.
        key_fields: joined with "|" they make the source key.
        volatile_fields: fields whose change alone makes no new version.
        listed_in: name of the list inside a page that holds the records; None: the page is it.
        nested_in: name of the object inside the record that holds the fields; None if none does.
    """

    def __init__(
        self,
        county_fips: str,
        key_fields: Iterable[str],
        volatile_fields: Iterable[str],
        listed_in: str | None = None,
        nested_in: str | None = None,
    ) -> None:
        self._county_fips = county_fips.encode()
        self._key_fields = tuple(key_fields)
        self._volatile_fields = tuple(sorted(volatile_fields))
        self._listed_in = listed_in
        self._nested_in = nested_in
        self._opening = b'{"%b":' % (nested_in or "").encode()

    def encode_page(self, page: Page) -> EncodedPage:
        document = parse_json(page.body)
        records = document[self._listed_in] if self._listed_in else document
        encoded = [self.encode(record) for record in records[-page.records :]]
        return EncodedPage(
            page.records,
            [version for version, _ in encoded if version],
            [rejection for _, rejection in encoded if rejection],
        )

    def encode(self, record: Record) -> tuple[Version | None, Rejection | None]:
        """A version to land, a rejection to keep, or both for a record that had to be cleaned."""
        storable = record
        try:
            payload, content = self._texts(record)
            is_suspect = b"\\u0000" in payload
        except TypeError:  # half a surrogate pair, NaN, or an integer beyond 64 bits
            is_suspect = True
        if is_suspect:
            storable = _storable(record)
            payload, content = self._texts(storable, _json_of_any_integer)
        key = self._key(storable[self._nested_in] if self._nested_in else storable)
        payload_hash = self._hash(content)
        if key is None:
            return None, _rejection(None, NO_KEY, record, payload_hash)
        is_cleaned = storable is not record and storable != record
        rejection = _rejection(key, NOT_JSONB, record, payload_hash) if is_cleaned else None
        return (key, payload, payload_hash), rejection

    def _texts(
        self, record: Record, to_json: Callable[[Any], bytes] = _json
    ) -> tuple[bytes, bytes]:
        """(the record as JSON, that part of it whose change makes a new version).

        Each field is written once and the texts are put together: writing every record twice would
        be the largest cost of a load.
        """
        fields = record[self._nested_in] if self._nested_in else record
        volatile = {name: fields.pop(name) for name in self._volatile_fields if name in fields}
        content = payload = to_json(fields)
        if volatile:
            comma = b"," if fields else b""
            payload = b"%b%b%b" % (content[:-1], comma, to_json(volatile)[1:])
            fields.update(volatile)
        if self._nested_in:
            payload = self._opening + payload
            if len(record) == 1:
                return payload + b"}", content
            rest = to_json({name: record[name] for name in record if name != self._nested_in})
            payload, content = b"%b,%b" % (payload, rest[1:]), content + rest
        return payload, content

    def _key(self, fields: Mapping[str, Any]) -> str | None:
        key = "|".join(
            ["" if (part := fields.get(name)) is None else str(part) for name in self._key_fields]
        )
        return key if key.strip(BLANK) else None

    def _hash(self, content: bytes) -> str:
        # the content holds the key fields, so a hash also belongs to one key
        return hashlib.sha256(self._county_fips + content).hexdigest()[:HASH_LENGTH]


def _storable(value: Any) -> Any:
    """A copy that jsonb takes: odd characters replaced, NaN and infinities unknown."""
    if isinstance(value, str):
        return UNSTORABLE_CHARACTERS.sub(REPLACEMENT, value)
    if isinstance(value, NotFinite):
        return None
    if isinstance(value, dict):
        return {_storable(name): _storable(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_storable(item) for item in value]
    return value


def _rejection(key: str | None, reason: str, record: Record, record_hash: str) -> Rejection:
    return Rejection(key, reason, json.dumps(record).encode("ascii"), record_hash)
