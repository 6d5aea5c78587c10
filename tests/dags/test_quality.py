"""What data_quality_checks finds, keeps and tells."""

from tests.dags.conftest import Airflow, DagRun
from tests.dags.inboxes import Inboxes
from tests.warehouse.conftest import Warehouse

RESULTS = """
    select category, check_name, status, finding, next_step from ops.quality_results
    where run_id = (select run_id from ops.quality_results order by checked_at desc limit 1)
"""
AGE = """
    update ops.ingestion_runs set started_at = started_at + make_interval(hours => %s)
    where source_type = 'tax_sales'
"""


def check(airflow: Airflow, inboxes: Inboxes) -> DagRun:
    return airflow.run("data_quality_checks", **inboxes.settings)


def test_nothing_is_told_when_all_is_well(
    airflow: Airflow, inboxes: Inboxes, scoring: DagRun, marts: Warehouse
) -> None:
    assert scoring.state == "success"
    run = check(airflow, inboxes)
    results = marts.rows(RESULTS)
    assert [row for row in results if row["status"] != "ok"] == []
    assert run.state == "success" and run.in_state("success") == set(run.tasks)
    assert {row["category"] for row in results} == {
        "database",
        "freshness",
        "completeness",
        "consistency",
    }
    names = {row["check_name"] for row in results}
    assert {"12095 tax_sales", "postgis", "coordinates_agree"} <= names
    assert any(name.startswith("dbt test assert_") for name in names)
    assert inboxes.slack.texts == [] and inboxes.mail.messages == []


def test_what_is_wrong_is_told_once_with_what_to_do(
    airflow: Airflow, inboxes: Inboxes, scoring: DagRun, marts: Warehouse
) -> None:
    with marts.connect("wholesaler_loader") as loader, marts.connect() as connection:
        loader.execute(AGE, [-100])
        connection.execute("update marts.lead_scores set total_score = total_score / 2")
        try:
            run = check(airflow, inboxes)
        finally:
            loader.execute(AGE, [100])
            connection.execute("update marts.lead_scores set total_score = total_score * 2")
    assert run.state == "failed" and run.in_state("failed") == {"verdict"}
    wrong = {row["check_name"]: row for row in marts.rows(RESULTS) if row["status"] == "error"}
    assert set(wrong) == {"12095 tax_sales", "dbt test assert_scores_are_sums_of_factors"}
    (text,), (mail,) = inboxes.slack.texts, inboxes.mail.messages
    assert mail["Subject"] == "Data quality: 2 errors"
    for body in (text, mail.get_body(("plain",)).get_content()):
        for name, row in wrong.items():
            assert name in body and row["next_step"] in body
