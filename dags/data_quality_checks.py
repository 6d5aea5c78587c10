"""After each scoring, and at six: is the data sound, and is the house in order?"""

from airflow.sdk import AssetOrTimeSchedule, dag, task
from common import DAG_DEFAULTS, SCORES, daily_at

from operations import tasks


@dag(
    schedule=AssetOrTimeSchedule(timetable=daily_at(6), assets=[SCORES]),
    tags=["wholesaler", "quality"],
    doc_md="""
    Results are kept in `ops.quality_results`. A message goes out only when something is wrong, and
    says what to do; errors make the run red. `remove_expired` applies the retention settings.
    """,
    **DAG_DEFAULTS,
)
def data_quality_checks():
    @task(retries=0, on_failure_callback=None)
    def verdict(errors):
        """Fails on errors, so that the run shows them; the message was sent already."""
        if errors:
            raise RuntimeError(f"{errors} errors: see ops.quality_results or the message.")

    checks = [
        task(tasks.database_is_sound)(),
        task(tasks.sources_are_fresh)(),
        task(tasks.data_is_complete)(),
        task(tasks.marts_are_consistent)(),
    ]
    told = task(tasks.tell_problems, trigger_rule="all_done")()
    checks >> told
    checks >> verdict(told)
    task(tasks.remove_expired)()


data_quality_checks()
