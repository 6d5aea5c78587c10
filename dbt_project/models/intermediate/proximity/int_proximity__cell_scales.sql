-- One row per grid cell with properties: planar over ground distance there, and how far the search radius reaches in
-- the plane. Once per cell, because it takes two reprojections and changes by 1e-8 across a cell.
{{
    config(
        materialized='incremental',
        incremental_strategy='sync',
        unique_key=['county_fips', 'grid_cell'],
        sync_ignore=[],
        sync_may_empty=true,
        unlogged=true,
        indexes=[{'columns': ['county_fips', 'grid_cell'], 'unique': true}],
        post_hook='{{ analyze_new_table() }}',
    )
}}

with

grid as (
    select * from {{ ref('int_proximity__county_grid') }}
),

cells as (
    select distinct
        property_cells.county_fips,
        property_cells.grid_cell,
        grid.projection_srid,
        grid.radius_feet,
        (property_cells.grid_cell / 1000000 + 0.5) * grid.cell_feet as center_x_feet,
        (property_cells.grid_cell % 1000000 + 0.5) * grid.cell_feet as center_y_feet
    from {{ ref('int_proximity__property_cells') }} as property_cells
    inner join grid on property_cells.county_fips = grid.county_fips
),

scaled as (
    select
        county_fips,
        grid_cell,
        radius_feet,
        round(
            {{ projection_scale('center_x_feet', 'center_y_feet', 'projection_srid') }}::numeric, 10
        )::double precision as scale
    from cells
),

final as (
    select
        county_fips,
        grid_cell,
        scale,
        -- a tenth of a millimetre more: 0.25 mile exactly counts, in spite of binary fractions
        (radius_feet + 0.0003) * scale as reach_feet
    from scaled
)

select * from final
