-- One row per run of one source's loader, failed and killed runs included.
{{
    config(
        unique_key=['run_id'],
        sync_may_empty=true,
        indexes=[
            {'columns': ['source_type', 'started_at']},
            {'columns': ['status']},
        ],
    )
}}

with

runs as (
    select * from {{ ref('stg_operations__ingestion_runs') }}
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
        records_rejected as records_failed,
        error_message,
        error_details,
        started_at,
        completed_at,
        now() as created_at,
        now() as updated_at
    from runs
)

select * from final
