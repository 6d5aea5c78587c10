"""Retention removes what is old and superseded, and never what is current."""

from datetime import UTC, datetime
from typing import Any

from loaders.settings import Settings
from operations.retention import remove_expired
from tests.dags.conftest import DagRun
from tests.warehouse.conftest import Warehouse

RAW_COPY = """
    insert into raw.tax_sales
    select
        county_fips, source_key, payload, 'old ' || %(days)s, run_id, fetched_at,
        now() - interval '900 days', now() - make_interval(days => %(days)s)
    from raw.tax_sales where _dlt_valid_to is null limit 1
"""
RUN = """
    insert into ops.ingestion_runs (
        run_id, county_fips, source_type, refresh_mode, status, started_at, completed_at
    )
    values (
        %(id)s, %(county)s, 'tax_sales', 'full', %(status)s,
        now() - make_interval(days => %(days)s), now() - make_interval(days => %(days)s)
    )
"""
HISTORY = """
    insert into marts.lead_score_history
    select
        county_fips, parcel_id_normalized, current_date - %(days)s, total_score, distress_score,
        value_score, location_score, urgency_score, tier, ruleset, ruleset_version, changed_at,
        now(), now()
    from marts.lead_score_history
    order by county_fips, parcel_id_normalized, snapshot_date desc limit 1
"""
AGES = """
    select current_date - snapshot_date as days from marts.lead_score_history
    where (county_fips, parcel_id_normalized) = (
        select county_fips, parcel_id_normalized from marts.lead_score_history
        order by county_fips, parcel_id_normalized limit 1
    )
    order by days desc
"""


def counts(marts: Warehouse) -> dict[str, Any]:
    (row,) = marts.rows(
        """
        select
            (select count(*) from raw.tax_sales where _dlt_valid_to is null) as sales,
            (select count(*) from raw.property_records where _dlt_valid_to is null) as roll,
            (select count(*) from snapshots.leads_snapshot where dbt_valid_to is null) as listed,
            (select count(*) from marts.leads) as leads,
            (select count(*) from raw.rejected_records) as rejected
        """
    )
    return row


def test_only_what_expired_is_removed(scoring: DagRun, marts: Warehouse) -> None:
    assert scoring.state == "success"
    before = counts(marts)
    assert all(before.values())
    with marts.connect("wholesaler_loader") as loader, marts.connect() as connection:
        for days in (366, 364):
            loader.execute(RAW_COPY, {"days": days})
        loader.execute(RUN, {"id": "old", "county": "12095", "status": "success", "days": 400})
        loader.execute(RUN, {"id": "only good", "county": "0", "status": "success", "days": 400})
        loader.execute(RUN, {"id": "failed", "county": "0", "status": "failure", "days": 400})
        for days in (900, 800, 700):
            connection.execute(HISTORY, {"days": days})

    removed = remove_expired(Settings(pgdatabase=marts.database), datetime.now(UTC))

    assert {name: number for name, number in removed.items() if number} == {
        "raw.tax_sales": 1,
        "ops.ingestion_runs": 2,
        "marts.lead_score_history": 1,
    }
    assert counts(marts) == before
    assert marts.value("select count(*) from raw.tax_sales where payload_hash = 'old 364'") == 1
    old_runs = "select run_id from ops.ingestion_runs where started_at < now() - interval '1 year'"
    assert [row["run_id"] for row in marts.rows(old_runs)] == ["only good"]
    # the row of day 800 says what held when the history begins
    assert [row["days"] for row in marts.rows(AGES)][:2] == [800, 700]
    with marts.connect("wholesaler_loader") as loader, marts.connect() as connection:
        loader.execute("delete from raw.tax_sales where payload_hash = 'old 364'")
        loader.execute("delete from ops.ingestion_runs where run_id = 'only good'")
        connection.execute(
            "delete from marts.lead_score_history where snapshot_date < '2026-01-01'"
        )
