-- One row per place of active properties (units of a condominium share one): its grid cell, the projection's scale
-- there, and how far the search radius reaches in the plane. A table: without its statistics the
-- search is planned as if there were a handful of places.
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

property_cells as (
    select * from {{ ref('int_proximity__property_cells') }}
),

cell_scales as (
    select * from {{ ref('int_proximity__cell_scales') }}
),

places as (
    select
        county_fips,
        x_feet,
        y_feet,
        grid_cell
    from property_cells
    group by county_fips, x_feet, y_feet, grid_cell
),

final as (
    select
        places.county_fips,
        places.x_feet,
        places.y_feet,
        places.grid_cell,
        cell_scales.scale,
        cell_scales.reach_feet
    from places
    inner join cell_scales
        on places.county_fips = cell_scales.county_fips and places.grid_cell = cell_scales.grid_cell
)

select * from final
