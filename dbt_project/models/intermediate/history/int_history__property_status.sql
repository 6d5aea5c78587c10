-- One row per property: the status and address that properties_snapshot keeps over time.
with

properties as (
    select * from {{ ref('properties') }}
),

final as (
    select
        county_fips,
        parcel_id_normalized,
        situs_address,
        city,
        zip_code,
        is_in_property_records,
        is_in_tax_sales,
        is_in_foreclosures,
        is_in_code_violations,
        is_active,
        updated_at
    from properties
)

select * from final
