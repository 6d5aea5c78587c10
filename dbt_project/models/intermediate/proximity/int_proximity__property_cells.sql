-- One row per active property with a point: its place in the plane and its cell of the county's grid.
with

properties as (
    select
        county_fips,
        parcel_id_normalized,
        x_feet,
        y_feet
    from {{ ref('properties') }}
    where is_active and x_feet is not null
),

grid as (
    select * from {{ ref('int_proximity__county_grid') }}
),

final as (
    select
        properties.county_fips,
        properties.parcel_id_normalized,
        properties.x_feet,
        properties.y_feet,
        {{ grid_cell('properties.x_feet', 'properties.y_feet', 'grid.cell_feet') }} as grid_cell
    from properties
    inner join grid on properties.county_fips = grid.county_fips
)

select * from final
