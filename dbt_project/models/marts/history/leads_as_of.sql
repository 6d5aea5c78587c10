-- One row per lead and run date: the lead list as it was known at the end of that day.
-- Example: select * from marts.leads_as_of where as_of_date = '2026-03-05' order by total_score desc
{{ config(materialized='view_in_place') }}

with

snapshots as (
    select *
    from {{ ref('leads_snapshot') }}
    where dbt_is_deleted = 'False'
),

run_date as (
    select * from {{ ref('int_history__run_date') }}
),

versions as (
    select
        snapshots.*,
        {{ run_date_of('dbt_valid_from') }} as first_date,
        -- a version replaced on the day it began was never the last word of a day
        coalesce({{ run_date_of('dbt_valid_to') }} - 1, run_date.run_date) as last_date
    from snapshots
    cross join run_date
),

days as (
    select generate_series(min(first_date), max(last_date), interval '1 day')::date as as_of_date
    from versions
),

final as (
    select
        days.as_of_date,
        versions.county_fips,
        versions.parcel_id_normalized,
        versions.situs_address,
        versions.city,
        versions.zip_code,
        versions.total_score,
        versions.tier,
        versions.reasons,
        versions.signals,
        versions.deed_status,
        versions.sale_date,
        versions.auction_date,
        versions.default_amount,
        versions.open_code_cases,
        versions.total_market_value
    from days
    inner join versions on days.as_of_date between versions.first_date and versions.last_date
)

select * from final
