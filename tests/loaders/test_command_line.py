"""The command line as people and schedulers use it, and the log it leaves."""

import re

import pytest
from typer.testing import CliRunner

from loaders.cli import app
from loaders.registry import load_registry
from tests.loaders.published_records import cases, parcel, parcels

SALES = [{"ObjectID": 1, "USER_TDA_NUM": "2023-1", "USER_PARCEL": "29-22-28-8850-02-050"}]


@pytest.fixture
def command(environment, monkeypatch):
    """Run a command in this process; (exit code, everything printed)."""
    monkeypatch.setenv("COLUMNS", "160")

    def run(*arguments):
        outcome = CliRunner().invoke(app, list(arguments))
        return outcome.exit_code, re.sub(r"\s+", " ", outcome.output)

    return run


@pytest.fixture
def published(county):
    county.publish("tax_sales", SALES)
    county.publish("property_records", parcels(120))
    county.publish("code_violations", cases(5))
    return county


def test_load_says_what_it_did(published, command, database):
    code, output = command("load")
    assert code == 0
    assert "property_records: reading 120 records" in output
    assert "property_records success all 120 120 0 0 0" in output
    assert len(database.current("tax_sales")) == 1
    code, output = command("load")
    assert code == 0
    assert "Nothing changed since the last load; no row was written." in output


def test_failing_source_does_not_stop_the_others(published, command, database):
    published.fault("html_403", times=100, path_contains="MapServer/216")
    code, output = command("load")
    assert code == 1
    assert "property_records failure" in output
    assert "answered status 403" in output
    assert "What was loaded before is untouched" in output
    assert [len(database.current(s)) for s in ("tax_sales", "code_violations")] == [1, 5]
    log = dict(database.rows("select source_type, status from ops.ingestion_runs"))
    assert log == {
        "tax_sales": "success",
        "foreclosures": "success",
        "property_records": "failure",
        "code_violations": "success",
    }


def test_load_takes_sources_and_county(published, command, database):
    code, _ = command(
        "load", "--county", "12095", "--source", "tax_sales", "--source", "code_violations"
    )
    assert code == 0
    assert database.value("select count(*) from ops.ingestion_runs") == 2


def test_full_reads_everything(published, command):
    command("load", "--source", "code_violations")
    assert "code_violations success changes" in command("load", "--source", "code_violations")[1]
    assert (
        "code_violations success all 5"
        in command("load", "--full", "--source", "code_violations")[1]
    )


def test_load_copies_the_registry(published, command, database):
    database.execute("delete from ops.registry_sources")
    database.execute("delete from ops.registry_counties")
    command("load", "--source", "tax_sales")
    registry = load_registry()
    assert database.rows(
        "select county_fips, county_name, state_code, projection_srid, latitude_min, longitude_max "
        "from ops.registry_counties"
    ) == [("12095", "Orange", "FL", 2236, 28.0, -81.0)]
    copied = database.rows(
        "select source_type, url, key_fields, parcel_id_order, refresh_mode, freshness_hours "
        "from ops.registry_sources"
    )
    assert sorted(copied) == sorted(
        (name, s.url, s.key_fields, s.parcel_id_order, s.refresh_mode, s.freshness_hours)
        for _, name, s in registry.select()
    )
    before = database.rows("select xmin from ops.registry_sources")
    command("load", "--source", "tax_sales")
    assert database.rows("select xmin from ops.registry_sources") == before


def test_check_compares_fields_through_query(county, command):
    county.publish("tax_sales", [{**SALES[0], "USER_Deed_Status": "Active Sale"}])
    code, output = command("check", "--source", "tax_sales")
    assert code == 1
    assert "missing: USER_Sale_Date" in output
    assert [t for t in county.targets if "/query" in t and "returnCountOnly" in t]
    county.publish(
        "tax_sales",
        [{**SALES[0], "USER_Deed_Status": "Active Sale", "USER_Sale_Date": "12/18/2025"}],
    )
    code, output = command("check", "--source", "tax_sales")
    assert code == 0
    assert "tax_sales arcgis 1 100 complete" in output


def test_check_reports_a_source_whose_queries_fail(county, command):
    county.fault("http_500", times=100, path_contains="FeatureServer/0/query")
    code, output = command("check", "--source", "tax_sales")
    assert code == 1
    assert "answered status 500" in output


def test_status_tells_fresh_from_stale(published, command, database):
    command("load", "--source", "tax_sales")
    code, output = command("status")
    assert code == 0
    assert re.search(r"tax_sales success .* 36 h fresh", output)
    assert re.search(r"property_records never never 36 h stale", output)
    assert command("status", "--fail-if-stale")[0] == 1
    command("load")
    assert command("status", "--fail-if-stale")[0] == 0
    database.execute("update ops.ingestion_runs set started_at = started_at - interval '37 hours'")
    assert command("status")[0] == 0
    assert command("status", "--fail-if-stale")[0] == 1


def test_failed_run_does_not_make_a_source_fresh(published, command, database):
    command("load", "--source", "property_records")
    database.execute("update ops.ingestion_runs set started_at = started_at - interval '37 hours'")
    published.fault("http_500", times=100)
    command("load", "--source", "property_records")
    _, output = command("status")
    assert re.search(r"property_records failure .* 37.0 h 36 h stale", output)
    assert "answered status 500" in output


def test_leads_before_the_warehouse_exists(start_loader):
    process = start_loader("leads", "--top", "3")
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "There is no marts.leads yet" in errors


def test_health(command):
    code, output = command("health")
    assert code == 0
    assert "PostGIS: 3" in output
    assert "round trip through the pool" in output


def test_prune_keeps_what_is_current(published, command, database):
    command("load", "--source", "property_records")
    published.publish("property_records", parcels(100))
    command("load", "--source", "property_records")
    command("load", "--source", "property_records")
    versions = "select count(*), count(_dlt_valid_to) from raw.property_records"
    assert database.rows(versions) == [(120, 20)]
    command("prune")
    assert database.rows(versions) == [(120, 20)]
    database.execute(
        "update raw.property_records set _dlt_valid_from = _dlt_valid_from - interval '366 days', "
        "_dlt_valid_to = _dlt_valid_to - interval '366 days'"
    )
    database.execute(
        "update ops.ingestion_runs set started_at = started_at - interval '366 days', "
        "completed_at = completed_at - interval '366 days'"
    )
    code, output = command("prune")
    assert code == 0
    assert "raw.property_records 20" in output
    assert "ops.ingestion_runs 2" in output
    assert database.rows(versions) == [(100, 0)]
    assert database.last_run()["status"] == "success"


def test_wrong_database_is_said_in_words(published, start_loader):
    process = start_loader("load", PGPORT="1")
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "Cannot work on" in errors
    assert "make up" in errors
    assert "Traceback" not in errors


def test_unknown_source_is_said_in_words(start_loader):
    process = start_loader("load", "--source", "sales_tax")
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "Unknown source: sales_tax" in errors


@pytest.mark.parametrize("name", ["load", "check", "status", "leads", "health", "prune"])
def test_every_command_explains_itself(name):
    outcome = CliRunner().invoke(app, [name, "--help"])
    assert outcome.exit_code == 0
    assert f"Usage: root {name}" in outcome.output or name in outcome.output


def test_password_is_in_no_output(published, start_loader, environment, database):
    published.fault("http_500", times=100)
    process = start_loader("load")
    texts = process.communicate(timeout=60)
    log = str(database.rows("select error_message, error_details from ops.ingestion_runs"))
    assert environment["PGPASSWORD"] not in "".join(texts) + log


def test_run_log_of_a_changed_source(published, command, database):
    command("load", "--source", "property_records")
    published.publish("property_records", [parcel(n, TOTAL_MKT=1.0) for n in range(2, 123)])
    command("load", "--source", "property_records")
    run = database.last_run()
    counts = {name: value for name, value in run.items() if name.startswith("records_")}
    assert counts == {
        "records_announced": 121,
        "records_processed": 121,
        "records_inserted": 2,
        "records_updated": 119,
        "records_vanished": 1,
        "records_rejected": 0,
    }
    assert run["status"] == "success"
    assert run["error_message"] is None and run["error_details"] is None
    assert run["started_at"] < run["completed_at"]
    assert database.rows("select load_id from raw._dlt_loads where load_id = %s", *run["load_ids"])
