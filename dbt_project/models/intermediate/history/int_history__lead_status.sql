-- One row per lead: what leads_snapshot keeps over time, so that changes can be told from version to version.
with

leads as (
    select * from {{ ref('leads') }}
),

final as (
    select
        county_fips,
        parcel_id_normalized,
        situs_address,
        city,
        zip_code,
        total_score,
        tier,
        reasons,
        signals,
        deed_status,
        sale_date,
        auction_date,
        default_amount,
        open_code_cases,
        total_market_value
    from leads
)

select * from final
