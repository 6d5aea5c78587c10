"""The DAGs as Airflow reads them."""

from typing import Any

DAG_IDS = {
    "daily_property_ingestion",
    "daily_transformation_pipeline",
    "daily_lead_scoring",
    "tier_a_alert_notifications",
    "data_quality_checks",
}
PARSE_SECONDS = 10  # of all files, on a busy machine; 2 when idle


def test_exactly_these_dags(dag_bag: Any) -> None:
    assert dag_bag.import_errors == {}
    assert set(dag_bag.dags) == DAG_IDS


def test_every_file_is_named_for_its_dag(dag_bag: Any) -> None:
    for dag_id, dag in dag_bag.dags.items():
        assert dag.fileloc.endswith(f"/dags/{dag_id}.py")


def test_parsing_stays_cheap(dag_bag: Any) -> None:
    seconds = sum(file.duration.total_seconds() for file in dag_bag.dagbag_stats)
    assert 0 < seconds < PARSE_SECONDS


def test_defaults(dag_bag: Any) -> None:
    for dag in dag_bag.dags.values():
        assert dag.doc_md and "wholesaler" in dag.tags
        assert dag.max_active_runs == 1 and not dag.catchup
        assert {task.owner for task in dag.tasks} == {"wholesaler"}
