"""Every morning: load each source of the registry, in parallel."""

from airflow.sdk import Metadata, dag, task
from common import DAG_DEFAULTS, RECORDS, daily_at

from operations import tasks


@dag(
    schedule=daily_at(2),
    tags=["wholesaler", "load"],
    doc_md="""
    Asks the counties for their records and lands what changed in schema `raw`, one task per
    source. A source that fails is tried three times more. The others go on, and the chain with
    them, on what it sent last; this run stays red until the failed `load` is cleared and succeeds.
    Publishes the asset `county_records`.
    """,
    **DAG_DEFAULTS,
)
def daily_property_ingestion():
    @task(trigger_rule="all_done", outlets=[RECORDS])
    def publish(loads):
        """Something arrived: the warehouse can be built."""
        arrived = [run for run in loads if run["read"]]
        for run in arrived:
            print(", ".join(f"{name} {value}" for name, value in run.items()))
        if not arrived:
            raise RuntimeError("No source sent a record: nothing to build on.")
        yield Metadata(RECORDS, {"loads": arrived})

    @task
    def every_source_arrived():
        """Not reached, and the run red, while a source is missing."""

    load = task(tasks.load, map_index_template="{{ load_name }}")
    loads = load.expand_kwargs(task(tasks.list_sources)())
    task(tasks.check_database)() >> loads >> every_source_arrived()
    publish(loads)


daily_property_ingestion()
