-- One row per active property, what is scored: whether it has a point, and when anything of it was last written.
with

properties as (
    select
        county_fips,
        parcel_id_normalized,
        coordinates_source,
        is_active,
        updated_at
    from {{ ref('properties') }}
),

final as (
    select
        county_fips,
        parcel_id_normalized,
        coordinates_source,
        updated_at
    from properties
    where is_active
)

select * from final
