"""Trigger the first DAG by REST, watch the others follow, break and mend a model (airflow-e2e)."""

import argparse
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import psycopg
from rich.console import Console
from rich.table import Table

CHAIN = (
    "daily_property_ingestion",
    "daily_transformation_pipeline",
    "daily_lead_scoring",
    "tier_a_alert_notifications",
    "data_quality_checks",
)
ENDED = ("success", "failed")
PATIENCE_SECONDS = 600
BROKEN_TABLE = "marts.lead_score_factors"
BROKEN_TASK = "scoring.lead_score_factors_run"

console = Console(width=110)


@dataclass
class Rest:
    """Airflow's REST API, logged in."""

    http: httpx.Client

    @classmethod
    def login(cls, state: Path) -> "Rest":
        port = (state / "run/port").read_text().strip()
        ((user, password),) = json.loads((state / "secrets/logins.json").read_text()).items()
        http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)
        answer = http.post("/auth/token", json={"username": user, "password": password})
        http.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['access_token']}"
        return cls(http)

    def get(self, path: str, **asked: Any) -> dict[str, Any]:
        return self.http.get(f"/api/v2/{path}", params=asked).raise_for_status().json()

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        return self.http.post(f"/api/v2/{path}", json=body).raise_for_status().json()

    def trigger(self, dag_id: str) -> str:
        return self.post(f"dags/{dag_id}/dagRuns", logical_date=None)["dag_run_id"]

    def runs(self) -> list[dict[str, Any]]:
        return self.get("dags/~/dagRuns", order_by="run_after", limit=100)["dag_runs"]

    def tasks(self, run: dict[str, Any]) -> list[dict[str, Any]]:
        path = f"dags/{run['dag_id']}/dagRuns/{run['dag_run_id']}/taskInstances"
        return self.get(path, limit=500)["task_instances"]

    def downstream(self, dag_id: str, task_id: str) -> set[str]:
        """All tasks that depend on a task, directly or not."""
        tasks = self.get(f"dags/{dag_id}/tasks")["tasks"]
        after = {task["task_id"]: task["downstream_task_ids"] for task in tasks}
        found, todo = set(), [task_id]
        while todo:
            todo += (new := set(after[todo.pop()]) - found)
            found |= new
        return found


def main() -> None:
    """Exits with 1 and a reason when the chain is not what it should be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("state", type=Path, help="AIRFLOW_STATE of the running Airflow")
    rest = Rest.login(parser.parse_args().state)
    wait("the DAGs to be read", lambda: rest.get("dags")["total_entries"] == len(CHAIN))
    follow_the_chain(rest)
    break_and_mend(rest)


def follow_the_chain(rest: Rest) -> None:
    """One run of each DAG, the first by hand, the others by their assets, all green."""
    known = {run["dag_run_id"] for run in rest.runs()}
    rest.trigger(CHAIN[0])
    seen: dict[str, str] = {}

    def new_runs() -> dict[str, dict[str, Any]]:
        new = [run for run in rest.runs() if run["dag_run_id"] not in known]
        runs = {run["dag_id"]: run for run in new}
        if len(runs) < len(new):
            raise SystemExit(f"error: more than one run: {[run['dag_run_id'] for run in new]}")
        return runs

    def everything_ended() -> bool:
        runs = new_runs()
        for dag_id, run in runs.items():
            if seen.get(dag_id) != run["state"]:
                seen[dag_id] = run["state"]
                console.print(f"{dag_id}: {run['state']}")
            if run["state"] == "failed":
                fail(rest, run)
        return set(runs) == set(CHAIN) and all(run["state"] in ENDED for run in runs.values())

    wait("the chain to end", everything_ended)
    show(rest, [new_runs()[dag_id] for dag_id in CHAIN])


def break_and_mend(rest: Rest) -> None:
    """A failing model stops what depends on it and nothing else; clearing it mends the run."""
    with psycopg.connect(autocommit=True, options="-c role=wholesaler_transformer") as connection:
        connection.execute(f"revoke insert on {BROKEN_TABLE} from current_user")
        run_id = rest.trigger("daily_lead_scoring")

        def ended_run() -> dict[str, Any] | None:
            run = rest.get(f"dags/daily_lead_scoring/dagRuns/{run_id}")
            return run if run["state"] in ENDED else None

        run = wait("the broken run to end", ended_run)
        connection.execute(f"grant insert on {BROKEN_TABLE} to current_user")
    tasks = {task["task_id"]: task["state"] for task in rest.tasks(run)}
    counts = Counter(tasks.values())
    console.print(f"{BROKEN_TABLE} made unwritable: run {run['state']}, tasks {dict(counts)}")
    for expected, state in (
        ({BROKEN_TASK}, "failed"),
        (rest.downstream("daily_lead_scoring", BROKEN_TASK), "upstream_failed"),
    ):
        found = {task for task, ended in tasks.items() if ended == state}
        if found != expected:
            raise SystemExit(f"error: {state} should be {expected}, not {found}")
    rest.post(
        "dags/daily_lead_scoring/clearTaskInstances",
        dry_run=False,
        only_failed=True,
        dag_run_id=run_id,
    )
    wait("the cleared run to start", lambda: ended_run() is None)
    mended = wait("the mended run to end", ended_run)
    if mended["state"] != "success":
        fail(rest, mended)
    console.print(f"mended and cleared: run {mended['state']}")


def wait(what: str, is_done: Callable[[], Any]) -> Any:
    """The first true answer."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (answer := is_done()):
        if time.monotonic() > deadline:
            raise SystemExit(f"error: waited {PATIENCE_SECONDS} s for {what}")
        time.sleep(1)
    return answer


def show(rest: Rest, runs: list[dict[str, Any]]) -> None:
    """Print what ran, how it ended and how long it took."""
    table = Table("DAG", "started by", "state", "tasks", "after", "seconds", box=None)
    first = moment(runs[0]["start_date"])
    for run in runs:
        states = Counter(task["state"] for task in rest.tasks(run))
        start, end = moment(run["start_date"]), moment(run["end_date"])
        table.add_row(
            run["dag_id"],
            run["run_type"].replace("asset_triggered", "asset"),
            run["state"],
            ", ".join(f"{number} {state}" for state, number in states.most_common()),
            f"{(start - first).total_seconds():.0f} s",
            f"{(end - start).total_seconds():.0f}",
        )
    console.print(table)
    total = (max(moment(run["end_date"]) for run in runs) - first).total_seconds()
    console.print(f"whole chain: {total:.0f} s")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def fail(rest: Rest, run: dict[str, Any]) -> None:
    """End with the tasks that failed."""
    failed = [task["task_id"] for task in rest.tasks(run) if task["state"] == "failed"]
    raise SystemExit(f"error: {run['dag_id']} failed in {', '.join(failed)}; see the task logs")


if __name__ == "__main__":
    main()
