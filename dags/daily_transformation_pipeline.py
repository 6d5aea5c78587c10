"""After each load: raw records to the core marts, model by model, tests after each."""

from airflow.sdk import Metadata, dag, task
from common import DAG_DEFAULTS, MARTS, RECORDS, RUN_DATE, dbt_group

from operations.run_date import given_run_date


@dag(
    schedule=[RECORDS],
    tags=["wholesaler", "dbt"],
    doc_md="""
    Builds the dbt selector `transformation`: seeds, staging, identity, core marts. A failing model
    or test stops what depends on it and nothing else; mend it and clear the failed tasks.
    Publishes the asset `core_marts`.
    """,
    **RUN_DATE,
    **DAG_DEFAULTS,
)
def daily_transformation_pipeline():
    @task(outlets=[MARTS])
    def publish(params=None, triggering_asset_events=None):
        """The core marts are built and tested."""
        yield Metadata(MARTS, {"as_of": given_run_date(params, triggering_asset_events)})

    dbt_group("transformation") >> publish()


daily_transformation_pipeline()
