"""The dbt selector `quality` as findings: reports are built, cross-model tests are run."""

from dbt.artifacts.schemas.results import NodeResult
from dbt.cli.main import dbtRunner

from loaders import PROJECT_DIR
from operations.quality import Finding

# Apart from the target folder of the command line, which may be in use.
TARGET = PROJECT_DIR / "target" / "quality"

STATUSES = {"pass": "ok", "success": "ok", "warn": "warning"}


def run_quality_selector() -> list[Finding]:
    """`dbt build --selector quality`, one finding per node.

    Raises:
        RuntimeError: dbt could not work at all; the cause tells why.
    """
    folders = ["--project-dir", str(PROJECT_DIR), "--profiles-dir", str(PROJECT_DIR)]
    outcome = dbtRunner().invoke(
        ["build", "--selector", "quality", *folders, "--target-path", str(TARGET)]
    )
    if outcome.exception is not None or outcome.result is None:
        raise RuntimeError("dbt build --selector quality did not run") from outcome.exception
    return [_finding(result) for result in outcome.result]


def _finding(result: NodeResult) -> Finding:
    status = STATUSES.get(str(result.status), "error")
    meta = result.node.config.meta
    return Finding(
        check_name=f"dbt {result.node.resource_type} {result.node.name}",
        category="consistency",
        status=status,
        finding=" ".join(filter(None, [meta.get("description"), result.message])) or "passed",
        next_step=None
        if status == "ok"
        else meta.get("next_steps", f"`dbt test --select {result.node.name}` shows the rows."),
    )
