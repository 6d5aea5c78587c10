-- One row per active property with a point: its place in the plane, its cell of the county's grid, and how far the
-- search radius reaches there. Worked out again for properties written since, for all when the radius changes.
-- The scale is that of the cell's center: it takes two reprojections and changes by 1e-8 across a cell.
-- depends_on: {{ ref('properties') }}
{{
    config(
        materialized='incremental',
        incremental_strategy='sync',
        unique_key=['county_fips', 'parcel_id_normalized'],
        sync_keys='properties',
        sync_where=is_located(),
        sync_ignore=['changed_at'],
        sync_may_empty=true,
        unlogged=true,
        indexes=[
            {'columns': ['county_fips', 'parcel_id_normalized'], 'unique': true},
            {'columns': ['county_fips', 'grid_cell', 'x_feet']},
            {'columns': ['changed_at']},
        ],
        post_hook='{{ analyze_new_table() }}',
    )
}}

with

grid as (
    select * from {{ ref('int_proximity__county_grid') }}
),

properties as (
    select
        county_fips,
        parcel_id_normalized,
        x_feet,
        y_feet,
        updated_at
    from {{ ref('properties') }}
    where {{ is_located() }}
),

changed as (
    select
        properties.county_fips,
        properties.parcel_id_normalized,
        properties.x_feet,
        properties.y_feet,
        {{ grid_cell('properties.x_feet', 'properties.y_feet', 'grid.cell_feet') }} as grid_cell,
        grid.cell_feet,
        grid.radius_feet,
        grid.projection_srid
    from properties
    inner join grid on properties.county_fips = grid.county_fips
    {% if is_incremental() %}
        where
            {{ written_since('properties.updated_at', this, 'changed_at') }}
            or grid.radius_feet is distinct from (select known.radius_feet from {{ this }} as known limit 1)
    {% endif %}
),

cells as (
    select distinct
        county_fips,
        grid_cell,
        projection_srid,
        (grid_cell / 1000000 + 0.5) * cell_feet as center_x_feet,
        (grid_cell % 1000000 + 0.5) * cell_feet as center_y_feet
    from changed
),

scaled as (
    select
        county_fips,
        grid_cell,
        round(
            {{ projection_scale('center_x_feet', 'center_y_feet', 'projection_srid') }}::numeric, 10
        )::double precision as scale
    from cells
),

final as (
    select
        changed.county_fips,
        changed.parcel_id_normalized,
        changed.x_feet,
        changed.y_feet,
        changed.grid_cell,
        changed.radius_feet,
        scaled.scale,
        -- a tenth of a millimetre more: 0.25 mile exactly counts, in spite of binary fractions
        (changed.radius_feet + 0.0003) * scaled.scale as reach_feet,
        now() as changed_at
    from changed
    inner join scaled on changed.county_fips = scaled.county_fips and changed.grid_cell = scaled.grid_cell
)

select * from final
