"""The DAGs as Airflow reads them."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from operations.dbt_lists import list_path
from operations.run_date import given_run_date

DAG_IDS = {
    "daily_property_ingestion",
    "daily_transformation_pipeline",
    "daily_lead_scoring",
    "tier_a_alert_notifications",
    "data_quality_checks",
}
BUILT = ("model", "seed", "snapshot")
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


def test_retries(dag_bag: Any) -> None:
    for dag in dag_bag.dags.values():
        for task in dag.tasks:
            if task.task_id.endswith("dbt_producer_watcher_done"):  # does nothing
                continue
            is_dbt = task.task_id.startswith(("transformation.", "scoring."))
            expected = 1 if is_dbt else 0 if task.task_id == "verdict" else 3
            assert task.retries == expected, task.task_id
            assert is_dbt or task.retry_exponential_backoff
            assert task.execution_timeout


def test_the_chain_is_linked_by_assets(dag_bag: Any) -> None:
    dags = dag_bag.dags
    outlets = {
        outlet.name: dag_id
        for dag_id, dag in dags.items()
        for task in dag.tasks
        for outlet in task.outlets
    }
    waits_for = {
        dag_id: {asset.name for asset in dag.timetable.asset_condition.objects}
        for dag_id, dag in dags.items()
        if getattr(dag.timetable, "asset_condition", None)
    }
    assert outlets == {
        "county_records": "daily_property_ingestion",
        "core_marts": "daily_transformation_pipeline",
        "lead_scores": "daily_lead_scoring",
    }
    assert waits_for == {
        "daily_transformation_pipeline": {"county_records"},
        "daily_lead_scoring": {"core_marts"},
        "tier_a_alert_notifications": {"lead_scores"},
        "data_quality_checks": {"lead_scores"},
    }


@pytest.mark.parametrize(
    ("dag_id", "hour"), [("daily_property_ingestion", 2), ("data_quality_checks", 6)]
)
def test_a_new_installation_waits_for_its_hour_one_that_was_off_does_not(
    dag_bag: Any, monkeypatch: pytest.MonkeyPatch, dag_id: str, hour: int
) -> None:
    from airflow.serialization.encoders import coerce_to_core_timetable
    from airflow.timetables import trigger
    from airflow.timetables.base import DataInterval, TimeRestriction

    timetable = coerce_to_core_timetable(dag_bag.dags[dag_id].timetable)
    todays = datetime(2026, 3, 2, hour, tzinfo=ZoneInfo("America/New_York"))
    for late in (timedelta(minutes=2), timedelta(hours=2)):
        now = (todays + late).astimezone(UTC)
        monkeypatch.setattr(trigger, "utcnow", lambda now=now: now)
        for last, expected in (
            (None, todays + timedelta(days=1)),
            (DataInterval.exact(todays - timedelta(days=2)), todays),
        ):
            following = timetable.next_dagrun_info(
                last_automated_data_interval=last,
                restriction=TimeRestriction(None, None, False),
            )
            assert following.run_after == expected


def test_every_node_of_a_selector_is_a_task_that_says_what_it_is(dag_bag: Any) -> None:
    for selector, dag_id in (
        ("transformation", "daily_transformation_pipeline"),
        ("scoring", "daily_lead_scoring"),
    ):
        nodes = [json.loads(line) for line in list_path(selector).read_text().splitlines()]
        names = {node["unique_id"]: node["name"] for node in nodes}
        tested = {key for node in nodes if node["resource_type"] == "test" for key in parents(node)}
        built = {node["name"]: node for node in nodes if node["resource_type"] in BUILT}
        tasks = dag_bag.dags[dag_id].task_dict
        expected = set()
        for name, node in built.items():
            kind = {"model": "run"}.get(node["resource_type"], node["resource_type"])
            if node["unique_id"] in tested:
                mine = {f"{selector}.{name}.{kind}", f"{selector}.{name}.test"}
            else:
                mine = {f"{selector}.{name}_{kind}"}
                assert {tasks[task].task_display_name for task in mine} == {name}
            assert {tasks[task].doc_md for task in mine} == {node["description"]}
            expected |= mine
        of_dbt = {task for task in tasks if task.startswith(f"{selector}.")}
        assert expected and expected == {task for task in of_dbt if "dbt_producer" not in task}
        assert tested <= set(names)


def parents(node: dict[str, Any]) -> list[str]:
    return node["depends_on"]["nodes"]


def test_a_run_date_is_handed_on() -> None:
    events = {"asset": [SimpleNamespace(extra={}), SimpleNamespace(extra={"as_of": "2026-11-20"})]}
    assert given_run_date({"as_of": None}, events) == "2026-11-20"
    assert given_run_date({"as_of": "2026-11-19"}, events) == "2026-11-19"
    assert given_run_date({"as_of": None}, None) is None
