-- One row per run of one source's loader, written by the loader before, during and after the run.
with

runs as (
    select * from {{ source('ops', 'ingestion_runs') }}
),

final as (
    select
        run_id,
        county_fips,
        source_type,
        refresh_mode,
        status,
        records_announced,
        records_processed,
        records_inserted,
        records_updated,
        records_vanished,
        records_rejected,
        error_message,
        error_details,
        started_at,
        completed_at
    from runs
)

select * from final
