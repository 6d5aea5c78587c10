"""What the DAGs share: assets, defaults, and the dbt project as Cosmos renders it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from airflow.sdk import Asset, CronTriggerTimetable, Param
from cosmos import DbtTaskGroup, ExecutionConfig, ProfileConfig, ProjectConfig, RenderConfig
from cosmos.constants import ExecutionMode, LoadMode, TestBehavior, TestIndirectSelection

from operations.dbt_lists import PROFILE, TARGET, descriptions, list_path
from operations.failures import tell_of_run, tell_of_task
from operations.run_date import COUNTY_TIME, dbt_as_of

REPOSITORY = Path(__file__).resolve().parents[1]

# The chain: each DAG but the first starts when the one before it publishes its asset.
RECORDS = Asset("county_records")
MARTS = Asset("core_marts")
SCORES = Asset("lead_scores")

# No start_date: the first run is the next hour to come (daily_at).
DAG_DEFAULTS: dict[str, Any] = {
    "catchup": False,
    "max_active_runs": 1,
    "dagrun_timeout": timedelta(hours=6),
    "on_failure_callback": tell_of_run,
    "default_args": {
        "owner": "wholesaler",
        "retries": 3,
        "retry_delay": timedelta(minutes=2),
        "retry_exponential_backoff": True,
        "max_retry_delay": timedelta(minutes=30),
        "execution_timeout": timedelta(hours=2),
        "on_failure_callback": tell_of_task,
    },
}

# Triggering a DAG by hand with {"as_of": "YYYY-MM-DD"} runs that day again, and the chain after it.
RUN_DATE: dict[str, Any] = {
    "params": {
        "as_of": Param(
            None,
            type=["null", "string"],
            format="date",
            description="Run date. Default: that of the run before in the chain, else today.",
        )
    },
    "user_defined_macros": {"dbt_as_of": dbt_as_of},
}


def daily_at(hour: int) -> CronTriggerTimetable:
    """Every day at this hour of the county. A new installation waits for it.

    Airflow's default, also what it makes of `run_immediately=False`, would begin with the hour just
    missed, up to a tenth of a day later: a first run beside the one started by hand.
    """
    return CronTriggerTimetable(
        f"0 {hour} * * *", timezone=COUNTY_TIME, run_immediately=timedelta(minutes=1)
    )


def dbt_group(selector: str) -> DbtTaskGroup:
    """A task per dbt node of a selector of selectors.yml, and one for each node's tests.

    Tasks have the names and descriptions of the dbt project.
    """
    group = DbtTaskGroup(
        group_id=selector,
        project_config=ProjectConfig(
            dbt_project_path=REPOSITORY,
            project_name="wholesaler",
            models_relative_path="dbt_project/models",
            seeds_relative_path="seeds",
            snapshots_relative_path="dbt_project/snapshots",
            install_dbt_deps=False,
        ),
        profile_config=ProfileConfig(
            profile_name=PROFILE,
            target_name=TARGET,
            profiles_yml_filepath=REPOSITORY / "profiles.yml",
        ),
        execution_config=ExecutionConfig(
            # one dbt build does the work, the tasks watch it
            execution_mode=ExecutionMode.WATCHER,
            # a cleared task runs its own tests; those that need a later model run with that one
            test_indirect_selection=TestIndirectSelection.BUILDABLE,
        ),
        render_config=RenderConfig(
            load_method=LoadMode.DBT_LS_FILE,
            dbt_ls_path=list_path(selector),
            selector=selector,
            test_behavior=TestBehavior.AFTER_EACH,
            normalize_task_display_name=lambda node: node.name,
            emit_datasets=False,
        ),
        operator_args={
            "env": {
                "AS_OF": "{{ dbt_as_of(params, triggering_asset_events) }}",
                # they test code, not data: CI runs them
                "DBT_EXCLUDE_RESOURCE_TYPES": "unit_test",
            },
            "append_env": True,
            "retries": 1,
            "retry_delay": timedelta(minutes=1),
            "retry_exponential_backoff": False,
        },
    )
    group.children[
        f"{selector}.dbt_producer_watcher"
    ].doc_md = f"One `dbt build` of the selector `{selector}`; the other tasks watch it."
    described = descriptions(selector)
    for task in group.iter_tasks():
        node = getattr(task, "extra_context", {}).get("dbt_node_config", {})
        if description := described.get(node.get("unique_id")):
            task.doc_md = description
    return group
