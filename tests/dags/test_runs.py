"""Each DAG run for real."""

import time
from collections.abc import Callable

import httpx

from tests.dags.conftest import AS_OF, RUN_DATE, Airflow, DagRun
from tests.dags.inboxes import Inboxes
from tests.infra.conftest import Checkout
from tests.warehouse.conftest import Warehouse, serving


def test_ingestion_loads_every_source(ingestion: DagRun, marts: Warehouse) -> None:
    assert ingestion.state == "success"
    assert ingestion.in_state("success") == set(ingestion.tasks)
    assert {task for task in ingestion.tasks if task.startswith("load")} == {
        f"load[{number}]" for number in range(4)
    }
    loads = marts.rows("select status, records_processed from ops.ingestion_runs")
    assert len(loads) == 4 and all(load["records_processed"] for load in loads)


def test_transformation(transformation: DagRun) -> None:
    assert transformation.state == "success", transformation.in_state("failed")


def test_scoring(scoring: DagRun, marts: Warehouse) -> None:
    assert scoring.state == "success", scoring.in_state("failed")
    assert sum(scoring.results["tier_statistics"].values()) == marts.value(
        "select count(*) from marts.leads"
    )
    dates = marts.rows("select distinct scored_as_of::text as day from marts.lead_scores")
    assert dates == [{"day": AS_OF}]


def test_a_failing_model_stops_what_depends_on_it_and_nothing_else(
    airflow: Airflow, inboxes: Inboxes, scoring: DagRun, marts: Warehouse
) -> None:
    assert scoring.state == "success"
    with marts.connect() as connection:
        connection.execute("revoke insert on marts.lead_score_factors from current_user")
        try:
            run = airflow.run("daily_lead_scoring", **RUN_DATE, **inboxes.settings)
        finally:
            connection.execute("grant insert on marts.lead_score_factors to current_user")
    assert run.state == "failed"
    assert {task.removesuffix(".run").removesuffix("_run") for task in run.in_state("failed")} == {
        "scoring.lead_score_factors"
    }
    stopped = run.in_state("upstream_failed")
    assert {"tier_statistics", "publish"} <= stopped
    assert not any(name in task for task in stopped for name in ("history", "snapshot", "leads_"))
    assert any("lead_score_history" in task for task in run.in_state("success"))
    (text,) = inboxes.slack.texts
    assert "daily_lead_scoring" in text and "lead_score_factors" in text


def test_a_restart_of_the_database_during_a_load_is_survived(
    airflow: Airflow, new_checkout: Callable[..., Checkout]
) -> None:
    checkout = new_checkout()
    checkout.run("bin/postgres up && bin/init-db")
    environment = checkout.environment()

    def runs(condition: str) -> int:
        with checkout.connect("wholesaler_loader") as connection:
            query = f"select count(*) from ops.ingestion_runs where {condition}"
            return connection.execute(query).fetchone()[0]

    def restart_during_the_roll() -> None:
        deadline = time.monotonic() + 60
        while not runs("source_type = 'property_records' and status = 'running'"):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        checkout.run("bin/postgres down && bin/postgres up")

    with serving("--parcels", "1000") as url:
        slow_page = {"kind": "slow", "seconds": 5, "path_contains": "MapServer/216/query"}
        httpx.post(f"{url}/sandbox/faults", json=slow_page).raise_for_status()
        run = airflow.run(
            "daily_property_ingestion",
            meanwhile=restart_during_the_roll,
            retry_seconds=3,
            SANDBOX_URL=url,
            **environment,
        )
    assert run.state == "success"
    assert runs("status = 'failure'") == 1 and runs("status in ('success', 'partial')") == 4
