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
        post_hook='{{ analyze_new_table() }}',
    )
}}

with

grid as (
    select * from {{ ref('int_proximity__county_grid') }}
),

properties as (
    select
        properties.county_fips,
        properties.parcel_id_normalized,
        properties.x_feet,
        properties.y_feet,
        grid.projection_srid,
        grid.cell_feet,
        floor(properties.x_feet / grid.cell_feet)::integer as cell_x,
        floor(properties.y_feet / grid.cell_feet)::integer as cell_y
    from {{ ref('properties') }} as properties
    inner join grid on properties.county_fips = grid.county_fips
    where properties.is_active and properties.x_feet is not null
),

places as (
    select
        places.*,
        grid.radius_feet,
        grid.cell_feet
    from {{ ref('int_proximity__case_places') }} as places
    inner join grid on places.county_fips = grid.county_fips
),

place_cells as (
    select
        places.county_fips,
        places.x_feet,
        places.y_feet,
        places.cases,
        places.open_cases,
        places.radius_feet,
        floor(places.x_feet / places.cell_feet)::integer + step_x as cell_x,
        floor(places.y_feet / places.cell_feet)::integer + step_y as cell_y
    from places
    cross join generate_series(-1, 1) as step_x
    cross join generate_series(-1, 1) as step_y
),

-- planar over ground distance, once per cell: it changes by 1e-8 across a cell
cells as (
    select distinct
        county_fips,
        cell_x,
        cell_y,
        cell_feet,
        projection_srid
    from properties
),

cell_scales as (
    select
        cells.county_fips,
        cells.cell_x,
        cells.cell_y,
        {{ projection_scale(
            '(cells.cell_x + 0.5) * cells.cell_feet',
            '(cells.cell_y + 0.5) * cells.cell_feet',
            'cells.projection_srid',
        ) }} as scale
    from cells
),

pairs as (
    select
        properties.county_fips,
        properties.parcel_id_normalized,
        place_cells.cases,
        place_cells.open_cases,
        sqrt(
            (properties.x_feet - place_cells.x_feet) * (properties.x_feet - place_cells.x_feet)
            + (properties.y_feet - place_cells.y_feet) * (properties.y_feet - place_cells.y_feet)
        ) / cell_scales.scale as distance_feet,
        place_cells.radius_feet
    from properties
    inner join cell_scales
        on
            properties.county_fips = cell_scales.county_fips
            and properties.cell_x = cell_scales.cell_x
            and properties.cell_y = cell_scales.cell_y
    inner join place_cells
        on
            properties.county_fips = place_cells.county_fips
            and properties.cell_x = place_cells.cell_x
            and properties.cell_y = place_cells.cell_y
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
