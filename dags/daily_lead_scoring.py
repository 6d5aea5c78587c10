"""After each build of the core marts: factors, scores, leads, snapshots and history."""

from airflow.sdk import Metadata, dag, task
from common import DAG_DEFAULTS, MARTS, RUN_DATE, SCORES, dbt_group

from operations import tasks
from operations.run_date import given_run_date


@dag(
    schedule=[MARTS],
    tags=["wholesaler", "dbt"],
    doc_md="""
    Builds the dbt selector `scoring`; `tier_statistics` shows the number of leads per tier.
    Publishes the asset `lead_scores`.
    """,
    **RUN_DATE,
    **DAG_DEFAULTS,
)
def daily_lead_scoring():
    @task(outlets=[SCORES])
    def publish(leads, params=None, triggering_asset_events=None):
        """Scores, leads and history are built and tested."""
        as_of = given_run_date(params, triggering_asset_events)
        yield Metadata(SCORES, {"as_of": as_of, "leads": leads})

    statistics = task(tasks.tier_statistics)()
    dbt_group("scoring") >> statistics
    publish(statistics)


daily_lead_scoring()
