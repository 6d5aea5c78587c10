"""What lands: versions, changes, disappearances, and nothing when nothing changed."""

import json
import threading
from collections import Counter

import pytest

from loaders.errors import IncompleteRead
from loaders.registry import load_registry, read_registry
from tests.loaders.published_records import ORANGE, parcel, parcels


def versions(database, source="property_records"):
    """(key, market value, is current) of every version."""
    return database.rows(
        "select source_key, (payload #>> '{attributes,TOTAL_MKT}')::float, _dlt_valid_to is null "
        f"from raw.{source} order by 1, 2, 3"
    )


def rows_as_stored(database):
    return database.rows("select xmin, ctid, * from raw.property_records order by payload_hash")


def test_first_load_lands_every_record_as_sent(load, county, database):
    county.publish("property_records", parcels(250))
    run = load()
    assert (run.status, run.records_announced, run.records_processed) == ("success", 250, 250)
    assert (run.records_inserted, run.records_updated, run.records_vanished) == (250, 0, 0)
    current = database.current("property_records")
    assert len(current) == 250
    sent = {p["PARCEL"]: {"attributes": p} for p in parcels(250)}
    assert dict(current) == sent
    stored = database.rows(
        "select distinct county_fips, run_id, fetched_at is not null from raw.property_records"
    )
    assert stored == [(ORANGE, run.run_id, True)]


def test_loading_again_rewrites_no_row(load, county, database):
    county.publish("property_records", parcels(250))
    load()
    before = rows_as_stored(database)
    packages = database.value("select count(*) from raw._dlt_loads")
    run = load()
    assert (run.records_processed, run.changed, run.load_ids) == (250, 0, [])
    assert rows_as_stored(database) == before
    assert database.value("select count(*) from raw._dlt_loads") == packages


def test_changed_new_vanished_and_returned_records(load, county, database):
    county.publish("property_records", parcels(5))
    load()
    county.publish(
        "property_records",
        [parcel(1), parcel(2, TOTAL_MKT=7.0), parcel(3), parcel(5), parcel(6)],
    )
    run = load()
    assert (run.records_inserted, run.records_updated, run.records_vanished) == (1, 1, 1)
    second = parcel(2)["PARCEL"], parcel(4)["PARCEL"]
    states = [v for v in versions(database) if v[0] in second]
    assert states == [
        (second[0], 7.0, True),
        (second[0], 100_002.0, False),
        (second[1], 100_004.0, False),
    ]
    retired, began = database.rows(
        "select max(_dlt_valid_to), max(_dlt_valid_from) from raw.property_records"
    )[0]
    assert retired == began  # one moment for all of a load

    county.publish("property_records", parcels(6))
    run = load()
    assert (run.records_inserted, run.records_updated, run.records_vanished) == (1, 1, 0)
    assert len(database.current("property_records")) == 6
    assert [v[2] for v in versions(database) if v[0] == second[1]] == [False, True]


def test_renumbered_object_ids_are_no_news(load, county, database):
    county.publish("property_records", parcels(20))
    load()
    before = rows_as_stored(database)
    county.publish("property_records", [parcel(n, OBJECTID=1000 - n) for n in range(1, 21)])
    assert load().changed == 0
    assert rows_as_stored(database) == before


def test_object_id_spelled_otherwise_in_the_metadata(load, county, database):
    def respell(target, document):
        return {**document, "objectIdField": "objectid"} if "fields" in document else document

    county.tamper.change = respell
    county.publish("property_records", parcels(120))
    load()
    county.publish("property_records", [parcel(n, OBJECTID=1000 - n) for n in range(1, 121)])
    assert load().changed == 0


def test_table_is_analysed_after_a_landing(load, county, database):
    county.publish("property_records", parcels(120))
    load()
    assert (
        database.value(
            "select reltuples from pg_class where oid = 'raw.property_records'::regclass"
        )
        == 120
    )


def test_moved_geometry_is_news(load, county, database):
    sale = {"ObjectID": 1, "USER_TDA_NUM": "2023-1", "USER_PARCEL": "29-22-28-8850-02-050"}
    county.publish("tax_sales", [{**sale, "geometry": {"x": -81.5, "y": 28.5}}])
    load("tax_sales")
    county.publish("tax_sales", [{**sale, "geometry": {"x": -81.4, "y": 28.5}}])
    assert load("tax_sales").records_updated == 1
    [(key, payload)] = database.current("tax_sales")
    assert key == "2023-1|29-22-28-8850-02-050"
    assert payload["geometry"]["x"] == -81.4
    assert payload["geometry"]["y"] == 28.5


def test_several_records_of_one_key_stay_apart(load, county, database):
    polygons = [parcel(1, ACREAGE=0.25), parcel(1, OBJECTID=2, ACREAGE=0.75), parcel(3)]
    county.publish("property_records", polygons)
    run = load()
    assert (run.records_processed, run.records_inserted) == (3, 2)
    assert Counter(key for key, _ in database.current("property_records")) == {
        parcel(1)["PARCEL"]: 2,
        parcel(3)["PARCEL"]: 1,
    }
    county.publish("property_records", [polygons[0], polygons[2]])
    run = load()  # one polygon went, the parcel did not
    assert (run.records_updated, run.records_vanished) == (0, 0)
    assert len(database.current("property_records")) == 2


def test_records_equal_in_all_but_object_id_land_once(load, county, database):
    county.publish("property_records", [parcel(n % 150, OBJECTID=n + 1) for n in range(450)])
    run = load()
    assert (run.records_processed, run.records_inserted) == (450, 150)
    assert len(database.current("property_records")) == 150
    assert database.last_run()["error_details"] == {"exact_duplicates": 300}
    run = load()
    assert (run.changed, run.exact_duplicates) == (0, 300)


def test_empty_source_retires_nothing(load, county, database):
    county.publish("property_records", parcels(30))
    load()
    before = rows_as_stored(database)
    county.publish("property_records", [])
    with pytest.raises(IncompleteRead, match="nothing was retired"):
        load()
    assert rows_as_stored(database) == before
    assert database.last_run()["status"] == "failure"


def test_empty_source_without_current_records_is_a_good_load(load, county, database):
    county.publish("tax_sales", [])
    assert load("tax_sales").status == "success"


def test_reader_never_sees_half_a_load(load, county, database):
    county.publish("property_records", parcels(3000))
    load()
    seen, stop = set(), threading.Event()

    def poll():
        query = (
            "select count(*), count(*) filter (where payload #>> '{attributes,NAME2}' = 'NEW') "
            "from raw.property_records where _dlt_valid_to is null"
        )
        with database.connect() as connection:
            while not stop.is_set():
                seen.add(connection.execute(query).fetchone())

    reader = threading.Thread(target=poll)
    reader.start()
    county.publish("property_records", [{**p, "NAME2": "NEW"} for p in parcels(3000)])
    run = load()
    stop.set()
    reader.join()
    assert run.records_updated == 3000
    assert seen <= {(3000, 0), (3000, 3000)}
    assert (3000, 0) in seen  # it did look before the merge


def test_other_county_is_left_alone(load, county, database, tmp_path, monkeypatch):
    registry = load_registry().model_dump(mode="json")
    orange = registry["counties"][ORANGE]
    sources = {"property_records": orange["sources"]["property_records"]}
    registry["counties"]["12097"] = {**orange, "name": "Osceola", "sources": sources}
    file = tmp_path / "registry.yaml"
    file.write_text(json.dumps(registry))  # JSON is YAML
    monkeypatch.setattr("loaders.run.load_registry", lambda: read_registry(file))

    county.publish("property_records", parcels(10))
    load(county=ORANGE)
    load(county="12097")
    county.publish("property_records", [parcel(n, TOTAL_MKT=1.0) for n in range(1, 6)])
    run = load(county=ORANGE)
    assert (run.records_updated, run.records_vanished) == (5, 5)
    assert len(database.current("property_records", ORANGE)) == 5
    other = database.current("property_records", "12097")
    assert {payload["attributes"]["TOTAL_MKT"] for _, payload in other} == {
        100_000.0 + n for n in range(1, 11)
    }


def test_undecided_hashes_are_landed_after_all(load, county, database, monkeypatch):
    # with one bit to remember hashes by, every record but the first may have been seen
    monkeypatch.setattr("loaders.delta._PossiblySeen.add", _one_bit())
    county.publish("property_records", parcels(250))
    run = load()
    assert run.records_inserted == 250
    assert len(database.current("property_records")) == 250


def _one_bit():
    calls = []

    def add(self, payload_hash):
        calls.append(payload_hash)
        return len(calls) > 1

    return add
