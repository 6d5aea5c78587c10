-- One row per property on the appraiser's roll. equity_percent is market over assessed value, which in
-- Florida mostly measures how long a homestead cap (Save Our Homes) has held, not the owner's equity.
-- depends_on: {{ ref('properties') }}
{{
    config(
        unique_key=['county_fips', 'parcel_id_normalized'],
        sync_keys='int_property_records__on_roll',
        indexes=[
            {'columns': ['total_market_value']},
            {'columns': ['assessed_value']},
            {'columns': ['equity_percent']},
            {'columns': ['last_sale_date']},
        ],
    )
}}

with

on_roll as (
    select
        county_fips,
        parcel_id_normalized,
        source_version
    from {{ ref('int_property_records__on_roll') }}
),

records as (
    select *
    from {{ ref('stg_orange_fl__property_records') }}
    where is_current
),

payloads as (
    select
        source_version,
        raw_data
    from {{ ref('stg_orange_fl__property_record_payloads') }}
    where retired_at is null
),

changed as (
    select
        on_roll.county_fips,
        on_roll.parcel_id_normalized,
        on_roll.source_version
    from on_roll
    {% if is_incremental() %}
        where not exists (
            select from {{ this }} as present
            where
                present.county_fips = on_roll.county_fips
                and present.parcel_id_normalized = on_roll.parcel_id_normalized
                and present.source_version = on_roll.source_version
        )
    {% endif %}
),

final as (
    select
        changed.county_fips,
        changed.parcel_id_normalized,
        records.is_owner_confidential,
        records.owner_name_1,
        records.owner_name_2,
        records.owner_mailing_address,
        records.owner_mailing_city,
        records.owner_mailing_state,
        records.owner_mailing_zip_code,
        records.land_market_value,
        records.building_market_value,
        records.extra_feature_market_value,
        records.total_market_value,
        records.assessed_value,
        records.exempt_value,
        records.taxable_value,
        records.taxes,
        records.year_built,
        records.living_area_sqft,
        records.lot_size_acres,
        records.bedrooms,
        records.bathrooms,
        records.use_code,
        records.zoning_code,
        records.is_condominium,
        records.last_sale_date,
        records.last_sale_price,
        round(100 * records.total_market_value / records.assessed_value, 2)::numeric(12, 2) as equity_percent,
        round(100 * records.taxes / records.taxable_value, 4)::numeric(12, 4) as tax_rate,
        records.value_issues,
        payloads.raw_data,
        changed.source_version,
        records.run_id,
        records.landed_at as data_source_timestamp,
        now() as created_at,
        now() as updated_at
    from changed
    inner join records on changed.source_version = records.source_version
    inner join payloads on changed.source_version = payloads.source_version
)

select * from final
