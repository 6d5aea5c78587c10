-- One row per county and source: its last run, its last good run, and failures of the last 30 days before
-- the newest run.
{{
    config(
        materialized='materialized_view',
        indexes=[{'columns': ['county_fips', 'source_type'], 'unique': true}],
    )
}}

with

runs as (
    select * from {{ ref('data_ingestion_runs') }}
),

newest as (
    select max(started_at) as newest_started_at from runs
),

final as (
    select
        runs.county_fips,
        runs.source_type,
        count(*) as runs,
        max(runs.started_at) as last_started_at,
        (array_agg(runs.status order by runs.started_at desc))[1] as last_status,
        (array_agg(runs.error_message order by runs.started_at desc))[1] as last_error_message,
        max(runs.completed_at) filter (where runs.status in ('success', 'partial')) as last_good_at,
        count(*) filter (
            where runs.status = 'failure' and runs.started_at > newest.newest_started_at - interval '30 days'
        ) as failures_in_30_days
    from runs
    cross join newest
    group by runs.county_fips, runs.source_type
)

select * from final
