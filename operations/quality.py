"""The findings of data_quality_checks: kept in ops.quality_results, told when they are bad."""

from dataclasses import dataclass

from sqlalchemy import Engine, text

from loaders.database import connect
from operations.messages import Message, render


@dataclass(frozen=True)
class Finding:
    """The outcome of one check: ok, warning or error; `next_step` is for the latter two."""

    check_name: str
    category: str
    status: str
    finding: str
    next_step: str | None = None


SAVE = text(
    """
    insert into ops.quality_results (run_id, check_name, category, status, finding, next_step)
    values (:run_id, :check_name, :category, :status, :finding, :next_step)
    on conflict (run_id, check_name) do update set
        category = excluded.category,
        status = excluded.status,
        finding = excluded.finding,
        next_step = excluded.next_step,
        checked_at = now()
    """
)


def judged(
    name: str, category: str, is_good: bool, finding: str, next_step: str, status: str = "error"
) -> Finding:
    """A finding that is ok, or else has this status and next step."""
    if is_good:
        return Finding(name, category, "ok", finding)
    return Finding(name, category, status, finding, next_step)


def save(database: Engine, run_id: str, findings: list[Finding]) -> None:
    """Keep findings under the run that made them; a check repeated replaces its row."""
    if findings:
        with connect(database) as connection, connection.begin():
            connection.execute(SAVE, [{"run_id": run_id, **vars(finding)} for finding in findings])


def problems(database: Engine, run_id: str) -> list[Finding]:
    """What the run found that is not ok, errors first."""
    with connect(database) as connection:
        rows = connection.execute(
            text(
                """
                select check_name, category, status, finding, next_step
                from ops.quality_results
                where run_id = :run_id and status <> 'ok'
                order by status = 'error' desc, category, check_name
                """
            ),
            {"run_id": run_id},
        )
        return [Finding(*row) for row in rows]


def problems_message(found: list[Finding]) -> Message:
    """What is wrong and what to do about it."""
    errors = sum(finding.status == "error" for finding in found)
    counts = [
        f"{number} {word}{'s' if number > 1 else ''}"
        for number, word in ((errors, "error"), (len(found) - errors, "warning"))
        if number
    ]
    return render("quality", f"Data quality: {', '.join(counts)}", findings=found)
