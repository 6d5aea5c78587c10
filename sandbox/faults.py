"""Faults a server of this kind really has, on order, a given number of times."""

import json
from dataclasses import dataclass
from typing import Any
from typing import Literal as OneOf

import orjson
from pydantic import BaseModel, Field

from sandbox.arcgis import Answer, failed, forbidden

Kind = OneOf[
    "http_500", "http_429", "esri_error", "html_200", "html_403", "truncated_json", "drop",
    "short_page", "empty_page", "slow", "hostile_records",
]  # fmt: skip
KEY_FIELDS = {
    "PARCEL", "PARCEL_NUMBER", "SITUS_ADDRESS", "RECORD_TYPE_DESCRIPTION", "RECORDING_DATE",
    "USER_TDA_NUM", "USER_PARCEL", "apno",
}  # fmt: skip
PAGE_KINDS = {"short_page", "empty_page", "hostile_records"}  # need an answer with records


class Fault(BaseModel, extra="forbid"):
    """One order, the body of `POST /sandbox/faults`."""

    path_contains: str = Field("", description="text in 'path?parameters', decoded")
    kind: Kind
    times: int = Field(1, ge=1, description="how many answers to spoil")
    after: int = Field(0, ge=0, description="matching answers to let pass first")
    retry_after: int = Field(1, ge=0, description="http_429: seconds in Retry-After")
    seconds: float = Field(8, ge=0, description="slow: delay")

    def strikes(self, target: str, is_page: bool) -> bool:
        """Count a matching request; is it this fault's turn?"""
        if self.times == 0 or self.path_contains not in target:
            return False
        if self.kind in PAGE_KINDS and not is_page:
            return False
        if self.after > 0:
            self.after -= 1
            return False
        self.times -= 1
        return True


@dataclass(frozen=True)
class Spoiled:
    """An answer after a fault: what to send, and how."""

    answer: Answer
    headers: dict[str, str]
    delay: float = 0.0
    drop: bool = False


def spoil(fault: Fault, answer: Answer) -> Spoiled:
    """The answer as the fault leaves it."""
    match fault.kind:
        case "http_500":
            return Spoiled(Answer(b"Internal Server Error", 500, "text/plain"), {})
        case "http_429":
            headers = {"Retry-After": str(fault.retry_after)}
            return Spoiled(Answer(b'{"message":"throttled"}', 429), headers)
        case "esri_error":
            detail = "Error performing query operation"
            return Spoiled(failed(500, "Unable to complete operation.", detail), {})
        case "html_200":
            page = b"<html><body><h1>Down for maintenance</h1></body></html>"
            return Spoiled(Answer(page, 200, "text/html"), {})
        case "html_403":
            return Spoiled(forbidden(), {})
        case "truncated_json":
            return Spoiled(Answer(answer.body[: len(answer.body) // 2], answer.status), {})
        case "slow":
            return Spoiled(answer, {}, delay=fault.seconds)
        case "drop":
            return Spoiled(answer, {}, drop=True)
    return Spoiled(Answer(_changed_page(fault.kind, answer.body), is_page=True), {})


def _changed_page(kind: str, body: bytes) -> bytes:
    page: Any = orjson.loads(body)
    records = page if isinstance(page, list) else page["features"]
    if kind == "short_page":
        del records[-max(1, len(records) // 27) :]
    elif kind == "empty_page":
        records.clear()
        if isinstance(page, dict):
            page.pop("exceededTransferLimit", None)
    else:
        _poison(records)
    # The standard library writes NaN and lone surrogates, which orjson rightly refuses.
    return json.dumps(page, separators=(",", ":")).encode()


def _poison(records: list[dict[str, Any]]) -> None:
    """Spoil the first records of a page in ways that JSON parsers and jsonb dislike.

    All but the fourth keep their key.
    """
    hostile = ("before\x00after", "half \ud83d pair", float("nan"), None, 2**80, "x" * 1_000_000)
    for record, value in zip(records, hostile, strict=False):
        row = record.get("attributes", record)
        if value is None:
            for name in KEY_FIELDS & row.keys():
                del row[name]
            continue
        kind = str if isinstance(value, str) else (int, float)
        free = [n for n in row if n not in KEY_FIELDS and not n.startswith(":")][1:]
        fitting = [n for n in free if isinstance(row[n], kind)] or free
        row[fitting[-1]] = value
