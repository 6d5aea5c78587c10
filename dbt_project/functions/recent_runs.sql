-- The latest runs of the loaders, newest first; with only_failed those that did not load everything.
select
    runs.run_id,
    runs.county_fips,
    runs.source_type,
    runs.status,
    runs.records_processed,
    runs.records_failed,
    runs.error_message,
    runs.started_at,
    runs.completed_at
from {{ ref('data_ingestion_runs') }} as runs
where
    (recent_runs.wanted_source is null or runs.source_type = recent_runs.wanted_source)
    and (runs.status in ('failure', 'partial') or not recent_runs.only_failed)
order by runs.started_at desc, runs.run_id
limit recent_runs.max_rows
