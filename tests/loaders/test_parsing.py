import math

import pytest

from loaders.arcgis import page_outline
from loaders.parsing import parse_outline
from loaders.socrata import OUTLINE as SOCRATA

ARCGIS = page_outline("OBJECTID")


def test_an_outline_holds_what_paging_looks_at() -> None:
    page = b'{"fields": [1], "features": [{"attributes": {"A": [{}], "OBJECTID": 7}, "B": {}}]}'
    assert parse_outline(page, ARCGIS) == {"features": [{"attributes": {"OBJECTID": 7}}]}
    rows = b'[{":id": "row-1", "apno": "2"}, {":id": "row-2"}]'
    assert parse_outline(rows, SOCRATA) == [{":id": "row-1"}, {":id": "row-2"}]


def test_an_error_beside_records_is_seen() -> None:
    page = parse_outline(b'{"features": [], "error": {"code": 500}}', ARCGIS)
    assert page["error"] == {"code": 500}


@pytest.mark.parametrize(
    ("page", "whole"),
    [
        (b'{"error": {"code": 400}}', {"error": {"code": 400}}),
        (
            b'{"features": [{"attributes": {"ObjectId": 7}}]}',
            {"features": [{"attributes": {"ObjectId": 7}}]},
        ),
        (
            b'{"features": [{"attributes": {"OBJECTID": null}}]}',
            {"features": [{"attributes": {"OBJECTID": None}}]},
        ),
        (b"[]", []),
    ],
)
def test_an_answer_of_another_form_is_parsed_whole(page: bytes, whole: object) -> None:
    assert parse_outline(page, ARCGIS) == whole


def test_what_only_a_lenient_parser_takes_is_parsed_whole() -> None:
    page = parse_outline(b'{"features": [{"attributes": {"OBJECTID": 7, "A": NaN}}]}', ARCGIS)
    assert math.isnan(page["features"][0]["attributes"]["A"])


@pytest.mark.parametrize(
    "broken",
    [
        b'{"features": [{"attributes": {"OBJECTID": 7, "A": "x',
        b'{"features": [{"attributes": {"OBJECTID": 7, "A": tru}}]}',
        b'{"features": [{"attributes": {"OBJECTID": 7, "A": [1,}}]}',
        b'{"features": [{"attributes": {"OBJECTID": 7}}]} trailing',
        b"",
    ],
)
def test_a_broken_document_is_refused_also_where_the_outline_skips(broken: bytes) -> None:
    with pytest.raises(ValueError):
        parse_outline(broken, ARCGIS)
