-- One row per property on the appraiser's roll. equity_percent is market over assessed value, which in
-- Florida mostly measures how long a homestead cap (Save Our Homes) has held, not the owner's equity.
-- depends_on: {{ ref('properties') }}
{{
    config(
        unique_key=['county_fips', 'parcel_id_normalized'],
        sync_keys='int_identity__parcels',
        sync_where='is_in_property_records',
        indexes=[
            {'columns': ['total_market_value']},
            {'columns': ['assessed_value']},
            {'columns': ['equity_percent']},
            {'columns': ['last_sale_date']},
            {'columns': ['updated_at']},
        ],
    )
}}

with

parcels as (
    select
        county_fips,
        parcel_id_normalized,
        property_record_version
    from {{ ref('int_identity__parcels') }}
    where
        is_in_property_records
        {% if is_incremental() %}
            and {{ written_since('changed_at', this, 'updated_at') }}
        {% endif %}
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

final as (
    select
        parcels.county_fips,
        parcels.parcel_id_normalized,
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
        records.source_version,
        records.run_id,
        records.landed_at as data_source_timestamp,
        now() as created_at,
        now() as updated_at
    from parcels
    inner join records on parcels.property_record_version = records.source_version
    inner join payloads on parcels.property_record_version = payloads.source_version
)

select * from final
