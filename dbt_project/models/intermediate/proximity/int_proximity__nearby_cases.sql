-- One row per property with at least one code case within the ruleset's radius (boundary included).
-- Cost: places are copied to the 3 x 3 cells around them and meet properties by integer cell (a hash join),
-- then plain arithmetic decides; no PostGIS function runs per pair. Planar feet are divided by the
-- projection's scale at the property's cell, so the circle is the one on the ground.
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

cell_scales as (
    select * from {{ ref('int_proximity__cell_scales') }}
),

places as (
    select
        places.county_fips,
        places.x_feet,
        places.y_feet,
        places.cases,
        places.open_cases,
        grid.radius_feet,
        grid.cell_feet
    from {{ ref('int_proximity__case_places') }} as places
    inner join {{ ref('int_proximity__county_grid') }} as grid on places.county_fips = grid.county_fips
),

place_cells as (
    select
        places.*,
        {{ grid_cell('places.x_feet', 'places.y_feet', 'places.cell_feet', 'step_x', 'step_y') }} as grid_cell
    from places
    cross join generate_series(-1, 1) as step_x
    cross join generate_series(-1, 1) as step_y
),

pairs as (
    select
        property_cells.county_fips,
        property_cells.parcel_id_normalized,
        place_cells.cases,
        place_cells.open_cases,
        place_cells.radius_feet,
        {{ planar_distance('property_cells', 'place_cells') }} / cell_scales.scale as distance_feet
    from property_cells
    inner join cell_scales
        on
            property_cells.county_fips = cell_scales.county_fips
            and property_cells.grid_cell = cell_scales.grid_cell
    inner join place_cells
        on
            property_cells.county_fips = place_cells.county_fips
            and property_cells.grid_cell = place_cells.grid_cell
),

final as (
    select
        county_fips,
        parcel_id_normalized,
        sum(cases)::integer as nearby_violations,
        sum(open_cases)::integer as nearby_open_violations,
        round({{ survey_feet_to_miles('min(distance_feet)') }}::numeric, 3) as nearest_violation_distance,
        round(
            {{ survey_feet_to_miles('sum(distance_feet * cases) / sum(cases)') }}::numeric, 3
        ) as avg_violation_distance
    from pairs
    -- a tenth of a millimetre: 0.25 mile exactly counts, in spite of binary fractions
    where distance_feet <= radius_feet + 0.0003
    group by county_fips, parcel_id_normalized
)

select * from final
