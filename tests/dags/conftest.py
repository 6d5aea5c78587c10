"""Airflow on SQLite in a process per run, the warehouse on PostGIS, the county in the sandbox."""

import atexit
import multiprocessing
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.dags.inboxes import Inboxes
from tests.infra.conftest import new_checkout as new_checkout  # a fixture of these tests, too
from tests.warehouse.conftest import ROOT, Warehouse, serving

# Before anything imports airflow.
HOME = Path(tempfile.mkdtemp(prefix="wholesaler-airflow-"))
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
os.environ.update(
    AIRFLOW_HOME=str(HOME),
    AIRFLOW__CORE__DAGS_FOLDER=str(ROOT / "dags"),
    AIRFLOW__CORE__LOAD_EXAMPLES="False",
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=f"sqlite:///{HOME}/airflow.db",
    AIRFLOW__LOGGING__LOGGING_LEVEL="WARNING",
    AIRFLOW__COSMOS__CACHE_DIR=str(HOME / "cosmos"),
    AIRFLOW__COSMOS__ENABLE_TELEMETRY="False",
    DO_NOT_TRACK="1",
)
os.environ.pop("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC", None)

RUN_SECONDS = 180
PRODUCER = "dbt_producer_watcher"

AS_OF = "2026-03-02"  # a Monday; day 0 of the sandbox county
RUN_DATE = {"conf": {"as_of": AS_OF}, "AS_OF": ""}  # as a person gives it, not by the environment


@dataclass
class DagRun:
    """How a run ended: its state, that of each task, and what tasks returned."""

    state: str
    tasks: dict[str, str] = field(default_factory=dict)
    results: dict[str, Any] = field(default_factory=dict)

    def in_state(self, state: str) -> set[str]:
        return {task for task, ended in self.tasks.items() if ended == state}


@dataclass
class Airflow:
    """Runs DAGs for real, each in a process of its own that can be killed."""

    dags: dict[str, Any]
    environment: dict[str, str]

    def run(
        self,
        dag_id: str,
        *,
        conf: dict | None = None,
        retry_seconds: float = 0.2,
        meanwhile: Callable[[], None] = lambda: None,
        **settings: str,
    ) -> DagRun:
        """`dag.test()` with these settings in the environment."""
        context = multiprocessing.get_context("fork")  # Airflow and dbt are imported once
        ours, theirs = context.Pipe(duplex=False)
        environment = self.environment | settings
        arguments = (theirs, self.dags[dag_id], conf or {}, retry_seconds, environment)
        child = context.Process(target=_run, args=arguments)
        child.start()
        theirs.close()
        try:
            meanwhile()
            assert ours.poll(RUN_SECONDS), f"{dag_id} did not end within {RUN_SECONDS} s"
            return DagRun(**ours.recv())
        finally:
            child.kill()
            child.join()


def _run(
    answer: Any, dag: Any, conf: dict, retry_seconds: float, environment: dict[str, str]
) -> None:
    os.environ.update(environment)
    os.chdir(ROOT)
    for task in dag.tasks:
        task.retry_delay = timedelta(seconds=retry_seconds)
        task.retry_exponential_backoff = False
    _watch_after_the_build(dag)
    run = dag.test(run_conf=conf)
    instances = run.get_task_instances()

    def name(instance: Any) -> str:
        suffix = f"[{instance.map_index}]" if instance.map_index >= 0 else ""
        return instance.task_id + suffix

    answer.send(
        {
            "state": str(run.state),
            "tasks": {name(instance): str(instance.state) for instance in instances},
            "results": {
                name(instance): instance.xcom_pull(
                    task_ids=instance.task_id, map_indexes=instance.map_index
                )
                for instance in instances
                if "." not in instance.task_id
            },
        }
    )


def _watch_after_the_build(dag: Any) -> None:
    """dag.test() runs one task at a time: a watcher that comes before the build waits for ever."""
    for group in dag.task_group.children.values():
        producer = next((t for t in dag.tasks if t.task_id == f"{group.node_id}.{PRODUCER}"), None)
        for task in group.iter_tasks() if producer else ():
            if task is not producer and not task.upstream_task_ids:
                task.set_upstream(producer)
                task.trigger_rule = "all_done"  # as in production: a failed build has results, too


@pytest.fixture
def inboxes() -> Iterator[Inboxes]:
    inboxes = Inboxes()
    yield inboxes
    inboxes.stop()


@pytest.fixture(scope="session")
def dbt_lists() -> None:
    """What Cosmos renders, from the project as it is now."""
    subprocess.run(["bin/run", "python", "-m", "operations.dbt_lists"], cwd=ROOT, check=True)


@pytest.fixture(scope="session")
def dag_bag(dbt_lists: None) -> Any:
    from airflow.dag_processing.dagbag import BundleDagBag

    return BundleDagBag(ROOT / "dags", bundle_path=ROOT / "dags", bundle_name="dags-folder")


@pytest.fixture(scope="session")
def marts() -> Iterator[Warehouse]:
    """An empty database and a county of 1,500 parcels."""
    database = f"wholesaler_test_dags_{os.getpid()}"
    subprocess.run(["bin/database", "create", database], cwd=ROOT, check=True)
    with serving("--parcels", "1500", "--as-of", AS_OF) as url:
        yield Warehouse(database, sandbox_url=url)
    subprocess.run(["bin/database", "drop", database], cwd=ROOT, check=True)


@pytest.fixture(scope="session")
def airflow(marts: Warehouse, dag_bag: Any) -> Airflow:
    """An Airflow whose tasks work on the warehouse; alerts are off."""
    import dbt.cli.main  # noqa: F401 - before the forks
    from airflow import settings
    from airflow.utils.db import initdb

    initdb()
    settings.engine.dispose()  # a child must not inherit an open SQLite connection
    switches = {"ALERT_ENABLE_SLACK": "false", "ALERT_ENABLE_EMAIL": "false"}
    return Airflow(dag_bag.dags, marts.environment | switches)


@pytest.fixture(scope="session")
def ingestion(airflow: Airflow) -> DagRun:
    return airflow.run("daily_property_ingestion")


@pytest.fixture(scope="session")
def transformation(airflow: Airflow, ingestion: DagRun) -> DagRun:
    assert ingestion.state == "success"
    return airflow.run("daily_transformation_pipeline", **RUN_DATE)


@pytest.fixture(scope="session")
def scoring(airflow: Airflow, transformation: DagRun) -> DagRun:
    assert transformation.state == "success"
    return airflow.run("daily_lead_scoring", **RUN_DATE)
