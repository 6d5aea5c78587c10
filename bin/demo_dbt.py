"""One `dbt build` with a progress bar in place of its log."""

# ruff: noqa: S603 - the commands are the project's own, never input
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from demo_steps import ROOT, StepFailed, console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)

RUN_RESULTS = ROOT / os.environ.get("DBT_TARGET_PATH", "target") / "run_results.json"
FAILURES_SHOWN = 3
MESSAGE_LINES = 5
NODES_PER_LINE = 50


def dbt_build() -> Counter[str]:
    """Build seeds, models and snapshots and run all tests.

    Returns:
        How many nodes of each kind ("model", "test", ...) succeeded.

    Raises:
        StepFailed: dbt could not start, or a model or test failed.
    """
    RUN_RESULTS.unlink(missing_ok=True)
    dbt = Path(sys.executable).with_name("dbt")
    process = subprocess.Popen(
        [dbt, "--log-format", "json", "--no-use-colors", "build"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    errors = []
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("reading the project", total=None)
        for line in process.stdout or ():
            try:
                event = json.loads(line)
            except json.JSONDecodeError:
                errors.append(line.strip())  # a crash before dbt's logging is set up
                continue
            data, info = event.get("data", {}), event["info"]
            if info["level"] == "error":
                errors.append(info["msg"].strip())
            if info["name"] == "LogStartLine":
                progress.update(
                    task,
                    description=data["node_info"]["node_name"],
                    total=data["total"],
                )
            elif "index" in data and "status" in data:
                progress.advance(task)
                bar = progress.tasks[task]
                if not console.is_terminal and bar.completed % NODES_PER_LINE == 0:
                    console.print(f"{bar.completed:.0f} of {bar.total:.0f} done")
        progress.update(task, description="")
    if process.wait():
        raise _failure(errors)
    return _succeeded()


def _succeeded() -> Counter[str]:
    results = json.loads(RUN_RESULTS.read_text())["results"]
    return Counter(
        result["unique_id"].split(".")[0]
        for result in results
        if result["status"] in ("success", "pass", "warn")
    )


def _brief(message: str | None) -> str:
    return "\n  ".join((message or "no message").strip().splitlines()[:MESSAGE_LINES])


def _failure(errors: list[str]) -> StepFailed:
    if not RUN_RESULTS.exists():
        cause = "\n".join(errors[:FAILURES_SHOWN]) or "dbt did not start."
        return StepFailed(cause, "More: logs/dbt.log. Then run `make demo` again.")
    results = json.loads(RUN_RESULTS.read_text())["results"]
    failed = [
        result for result in results if result["status"] in ("error", "fail", "runtime error")
    ]
    causes = [f"\n  {result['unique_id']}: {_brief(result['message'])}" for result in failed]
    more = f"\n  and {len(causes) - FAILURES_SHOWN} more" if len(causes) > FAILURES_SHOWN else ""
    name = failed[0]["unique_id"].split(".")[2] if failed else "..."
    return StepFailed(
        f"{len(causes)} of {len(results)} nodes failed:{''.join(causes[:FAILURES_SHOWN])}{more}",
        f"bin/run dbt build --select {name} (log: logs/dbt.log), then `make demo` again.",
    )
