-- One row per parcel that the roll holds now: the keys that the property_records mart must have.
with

latest as (
    select * from {{ ref('int_property_records__latest') }}
),

final as (
    select
        county_fips,
        parcel_id_normalized,
        source_version
    from latest
    where is_current
)

select * from final
