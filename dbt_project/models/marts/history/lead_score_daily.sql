-- One row per property and day: its score and tier at the end of each day, for trend lines. Days without a
-- run repeat the day before; a property that is no longer scored ends with its last day.
-- Cost: expands on read; filter on the key (the snapshot's index answers) or on a range of days.
{{ config(materialized='view_in_place') }}

with

snapshots as (
    select
        *,
        {{ run_date_of('dbt_valid_from') }} as first_date
    from {{ ref('lead_scores_snapshot') }}
),

run_date as (
    select * from {{ ref('int_history__run_date') }}
),

-- the last word of each day, deletion records included
daily_versions as (
    select distinct on (county_fips, parcel_id_normalized, first_date) *
    from snapshots
    order by county_fips, parcel_id_normalized, first_date, dbt_valid_from desc
),

periods as (
    select
        daily_versions.*,
        lead(daily_versions.first_date, 1, run_date.run_date + 1) over (
            partition by daily_versions.county_fips, daily_versions.parcel_id_normalized
            order by daily_versions.first_date
        ) as next_date
    from daily_versions
    cross join run_date
),

final as (
    select
        periods.county_fips,
        periods.parcel_id_normalized,
        calendar.day_start::date as score_date,
        periods.total_score,
        periods.distress_score,
        periods.value_score,
        periods.location_score,
        periods.urgency_score,
        periods.tier
    from periods
    cross join
        lateral generate_series(periods.first_date, periods.next_date - 1, interval '1 day') as calendar (day_start)
    where periods.dbt_is_deleted = 'False'
)

select * from final
