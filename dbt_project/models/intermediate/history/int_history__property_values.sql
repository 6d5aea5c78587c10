-- One row per property on the roll: the values that property_values_snapshot keeps over time.
with

property_records as (
    select * from {{ ref('property_records') }}
),

final as (
    select
        county_fips,
        parcel_id_normalized,
        total_market_value,
        assessed_value,
        taxable_value,
        taxes,
        last_sale_date,
        last_sale_price,
        updated_at
    from property_records
)

select * from final
