-- One row per place with code cases: how many, and how many open. Grouping by place comes first because
-- 250,000 cases lie on 60,000 places, and everything after this costs by the place. A table: without its statistics
-- the search is planned as if there were a handful of places.
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

case_changes as (
    select * from {{ ref('int_proximity__case_changes') }}
),

grid as (
    select * from {{ ref('int_proximity__county_grid') }}
),

places as (
    select
        county_fips,
        x_feet,
        y_feet,
        sum(cases)::integer as cases,
        sum(open_cases)::integer as open_cases
    from case_changes
    group by county_fips, x_feet, y_feet
    having sum(cases) > 0
),

final as (
    select
        places.county_fips,
        places.x_feet,
        places.y_feet,
        {{ grid_cell('places.x_feet', 'places.y_feet', 'grid.cell_feet') }} as grid_cell,
        places.cases,
        places.open_cases
    from places
    inner join grid on places.county_fips = grid.county_fips
)

select * from final
