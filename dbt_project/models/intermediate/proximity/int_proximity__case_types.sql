-- One row per place and type of code cases: how many. A table indexed by grid cell, where leads look around them.
{{
    config(
        materialized='incremental',
        incremental_strategy='sync',
        unique_key=['county_fips', 'x_feet', 'y_feet', 'violation_type'],
        sync_ignore=[],
        sync_may_empty=true,
        unlogged=true,
        indexes=[
            {'columns': ['county_fips', 'x_feet', 'y_feet', 'violation_type'], 'unique': true},
            {'columns': ['county_fips', 'grid_cell']},
        ],
        post_hook='{{ analyze_new_table() }}',
    )
}}

with

code_violations as (
    select
        county_fips,
        x_feet,
        y_feet,
        violation_type
    from {{ ref('code_violations') }}
    where x_feet is not null and violation_type is not null
),

grid as (
    select * from {{ ref('int_proximity__county_grid') }}
),

counted as (
    select
        county_fips,
        x_feet,
        y_feet,
        violation_type,
        count(*)::integer as cases
    from code_violations
    group by county_fips, x_feet, y_feet, violation_type
),

final as (
    select
        counted.county_fips,
        counted.x_feet,
        counted.y_feet,
        counted.violation_type,
        {{ grid_cell('counted.x_feet', 'counted.y_feet', 'grid.cell_feet') }} as grid_cell,
        counted.cases
    from counted
    inner join grid on counted.county_fips = grid.county_fips
    -- neighbours on neighbouring pages: a lead reads few of them
    order by counted.county_fips, grid_cell
)

select * from final
