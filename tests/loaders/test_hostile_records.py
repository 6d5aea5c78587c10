"""Records that jsonb cannot hold, and records without a key: nothing is lost, nothing piles up."""

import json

import pytest

from tests.loaders.published_records import case, cases, parcel, parcels


def rejected(database):
    """(source, key, reason, record as it was sent)."""
    rows = database.rows(
        "select source_type, source_key, reason, convert_from(record, 'utf8') "
        "from raw.rejected_records order by reason, source_key"
    )
    return [(*row[:3], json.loads(row[3])) for row in rows]


@pytest.fixture
def hostile(county, load, database):
    """A page whose first six records are spoiled: NUL, half a surrogate pair, NaN, no key, an
    integer of 80 bits, a megabyte of text."""
    county.publish("property_records", [parcel(n, SITUS="1 MAIN ST") for n in range(1, 21)])
    return county


def test_hostile_records_land_cleaned_and_are_kept_verbatim(hostile, load, database):
    hostile.fault("hostile_records")
    run = load()
    assert (run.status, run.records_processed, run.records_rejected) == ("partial", 20, 4)
    current = dict(database.current("property_records"))
    assert len(current) == 19  # all but the one without a key

    texts = {a["SITUS"][:20] for a in (p["attributes"] for p in current.values())}
    assert texts == {"before\ufffdafter", "half \ufffd pair", "x" * 20, "1 MAIN ST"}
    values = [p["attributes"]["TOTAL_MKT"] for p in current.values()]
    assert values.count(None) == 1  # NaN is unknown
    assert 2**80 in values

    kept = rejected(database)
    assert [(source, reason) for source, _, reason, _ in kept] == [
        ("property_records", "no key"),
        *[("property_records", "not storable as jsonb, landed cleaned")] * 3,
    ]
    as_sent = [record["attributes"] for _, _, _, record in kept]
    assert "PARCEL" not in as_sent[0]
    assert {a["SITUS"] for a in as_sent} >= {"before\x00after", "half \ud83d pair"}
    assert any(a["TOTAL_MKT"] != a["TOTAL_MKT"] for a in as_sent)  # NaN, as sent


def test_loading_them_again_piles_nothing_up(hostile, load, database):
    hostile.fault("hostile_records")
    load()
    before = database.rows("select xmin, * from raw.property_records order by payload_hash")
    hostile.fault("hostile_records")
    run = load()
    assert (run.status, run.changed, run.records_rejected) == ("partial", 0, 4)
    after = database.rows("select xmin, * from raw.property_records order by payload_hash")
    assert after == before
    assert len(rejected(database)) == 4


def test_record_healed_at_the_source_is_a_new_version(hostile, load, database):
    hostile.fault("hostile_records")
    load()
    run = load()
    assert run.status == "success"
    assert (run.records_inserted, run.records_updated, run.records_vanished) == (1, 5, 0)
    assert len(rejected(database)) == 4  # history stays


def test_bytes_that_are_no_utf8(county, load, database):
    county.publish("property_records", parcels(3))
    county.tamper.rewrite = lambda body: body.replace(b"OWNER 0002", b"OWNER \xff\xfe")
    assert load().status == "partial"
    names = {p["attributes"]["NAME1"] for _, p in database.current("property_records")}
    assert names == {"OWNER 0001", "OWNER \ufffd\ufffd", "OWNER 0003"}
    [(_, _, _, record)] = rejected(database)
    assert record["attributes"]["NAME1"] == "OWNER \udcff\udcfe"


def test_texts_that_csv_and_json_must_quote(county, load, database):
    texts = ['"', "\\", "\\u0000", "\\N", "a,b", "line\nbreak\r\n", "tab\t", "é漢🏠", "", "null"]
    county.publish("property_records", [parcel(n, NAME2=t) for n, t in enumerate(texts)])
    assert load().status == "success"
    landed = {p["attributes"]["NAME2"] for _, p in database.current("property_records")}
    assert landed == set(texts)


def test_cases_without_number_are_only_rejected(county, load, database):
    nameless = [{k: v for k, v in case(9).items() if k != "apno"}, case(10, apno="   ")]
    county.publish("code_violations", [*cases(3), *nameless])
    run = load("code_violations")
    assert (run.status, run.records_inserted, run.records_rejected) == ("partial", 3, 2)
    assert {reason for _, _, reason, _ in rejected(database)} == {"no key"}
    assert len(database.current("code_violations")) == 3


def test_key_parts_may_be_missing_but_not_all(county, load, database):
    filing = {"RECORD_TYPE_DESCRIPTION": "Lis Pendens", "RECORDING_DATE": 1339459200000}
    county.publish(
        "foreclosures",
        [
            {"OBJECTID": 1, "PARCEL_NUMBER": None, "SITUS_ADDRESS": "1 MAIN ST", **filing},
            {"OBJECTID": 2, "PARCEL_NUMBER": None, "SITUS_ADDRESS": " "},
        ],
    )
    run = load("foreclosures")
    assert run.records_rejected == 1
    [(key, _)] = database.current("foreclosures")
    assert key == "|1 MAIN ST|Lis Pendens|1339459200000"
