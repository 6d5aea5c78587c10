-- One row per place with code cases: how many, and how many open. Grouping by place comes first because
-- 250,000 cases lie on 60,000 places, and everything after this costs by the place. A table with statistics.
{{
    config(
        materialized='incremental',
        incremental_strategy='sync',
        unique_key=['county_fips', 'x_feet', 'y_feet'],
        sync_ignore=[],
        sync_may_empty=true,
        unlogged=true,
        indexes=[{'columns': ['county_fips', 'x_feet', 'y_feet'], 'unique': true}],
        post_hook='{{ analyze_new_table() }}',
    )
}}

with

code_violations as (
    select
        county_fips,
        x_feet,
        y_feet,
        is_open
    from {{ ref('code_violations') }}
    where x_feet is not null
),

final as (
    select
        county_fips,
        x_feet,
        y_feet,
        count(*)::integer as cases,
        count(*) filter (where is_open)::integer as open_cases
    from code_violations
    group by county_fips, x_feet, y_feet
)

select * from final
