-- One row per property with at least one code case within the ruleset's radius (boundary included).
-- Cost: case places are copied to the 3 x 3 cells around them and meet property places by integer cell, then
-- plain arithmetic on squared feet decides; no PostGIS function runs per pair, nothing is computed twice for one.
-- Planar feet are divided by the projection's scale at the property's cell, so the circle is the one on the ground.
{{
    config(
        materialized='incremental',
        incremental_strategy='sync',
        unique_key=['county_fips', 'parcel_id_normalized'],
        sync_ignore=[],
        sync_may_empty=true,
        unlogged=true,
        indexes=[{'columns': ['county_fips', 'parcel_id_normalized'], 'unique': true}],
        post_hook='{{ analyze_new_table() }}',
    )
}}

with

property_cells as (
    select * from {{ ref('int_proximity__property_cells') }}
),

property_places as (
    select * from {{ ref('int_proximity__property_places') }}
),

case_cells as (
    select
        case_places.county_fips,
        case_places.x_feet,
        case_places.y_feet,
        case_places.cases,
        case_places.open_cases,
        {{ grid_cell('case_places.x_feet', 'case_places.y_feet', 'grid.cell_feet', 'step_x', 'step_y') }} as grid_cell
    from {{ ref('int_proximity__case_places') }} as case_places
    inner join {{ ref('int_proximity__county_grid') }} as grid on case_places.county_fips = grid.county_fips
    cross join generate_series(-1, 1) as step_x
    cross join generate_series(-1, 1) as step_y
),

-- sums of whole numbers (ten-thousandths of a foot) do not depend on the order of rows
counted as (
    select
        property_places.county_fips,
        property_places.x_feet,
        property_places.y_feet,
        property_places.scale,
        sum(case_cells.cases) as cases,
        sum(case_cells.open_cases) as open_cases,
        min({{ squared_planar_distance('property_places', 'case_cells') }}) as nearest_squared_feet,
        sum(
            (sqrt({{ squared_planar_distance('property_places', 'case_cells') }}) * 10000)::bigint * case_cells.cases
        ) / 10000.0 as summed_feet
    from property_places
    inner join case_cells
        on
            property_places.grid_cell = case_cells.grid_cell
            and property_places.county_fips = case_cells.county_fips
            and {{ squared_planar_distance('property_places', 'case_cells') }}
            <= property_places.reach_feet * property_places.reach_feet
    group by
        property_places.county_fips,
        property_places.x_feet,
        property_places.y_feet,
        property_places.scale
),

final as (
    select
        property_cells.county_fips,
        property_cells.parcel_id_normalized,
        counted.cases::integer as nearby_violations,
        counted.open_cases::integer as nearby_open_violations,
        round(
            {{ survey_feet_to_miles('sqrt(counted.nearest_squared_feet) / counted.scale') }}::numeric, 3
        ) as nearest_violation_distance,
        round(
            {{ survey_feet_to_miles('counted.summed_feet / counted.cases / counted.scale') }}::numeric,
            3
        ) as avg_violation_distance
    from counted
    inner join property_cells
        on
            counted.county_fips = property_cells.county_fips
            and counted.x_feet = property_cells.x_feet
            and counted.y_feet = property_cells.y_feet
)

select * from final
