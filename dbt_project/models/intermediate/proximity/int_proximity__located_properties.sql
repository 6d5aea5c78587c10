-- One row per active property with a point: where it lies in the plane, and when anything of it was last written.
with

properties as (
    select
        county_fips,
        parcel_id_normalized,
        x_feet,
        y_feet,
        is_active,
        updated_at
    from {{ ref('properties') }}
),

final as (
    select
        county_fips,
        parcel_id_normalized,
        x_feet,
        y_feet,
        updated_at
    from properties
    where is_active and x_feet is not null
)

select * from final
