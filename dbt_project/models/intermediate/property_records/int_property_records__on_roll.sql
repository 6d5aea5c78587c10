-- One row per parcel that the roll holds now: the keys that the property_records mart must have.
with

parcels as (
    select * from {{ ref('int_identity__parcels') }}
),

final as (
    select
        county_fips,
        parcel_id_normalized,
        property_record_version as source_version
    from parcels
    where is_in_property_records
)

select * from final
