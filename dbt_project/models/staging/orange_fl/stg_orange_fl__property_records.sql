-- One row per landed version of a row of the appraiser's roll (Public_Dynamic/MapServer/216).
-- PARCEL is not unique: a parcel of several polygons has several rows that differ in ACREAGE.
-- City and ZIP come in two spellings; NAME1 = CONFIDENTIAL marks owners whom s. 119.071, Florida Statutes,
-- protects: their names and mailing address stay in raw.
-- Kept as a table: everything after it reads it several times, and parsing is the dearest step of a build. The
-- record itself stays in raw, see stg_orange_fl__property_record_payloads.
-- depends_on: {{ ref('stg_orange_fl__property_record_payloads') }}
{{
    config(
        materialized='incremental',
        incremental_strategy='sync',
        unique_key=['source_version', 'landed_at'],
        sync_keys='stg_orange_fl__property_record_payloads',
        sync_ignore=['changed_at'],
        sync_may_empty=true,
        unlogged=true,
        indexes=[
            {'columns': ['source_version', 'landed_at'], 'unique': true},
            {'columns': ['county_fips', 'parcel_id_normalized']},
            {'columns': ['changed_at']},
        ],
        post_hook='{{ analyze_new_table() }}',
    )
}}
{%- set rejections = {
    'county_not_registered': 'projection_srid is null',
    'parcel_id_missing': 'parcel_id_original is null',
    'parcel_id_not_15_digits': 'parcel_id_original is not null and parcel_id_normalized is null',
} %}

with

{{ landed_records('12095', 'property_records') }},

parsed as (
    select
        landed.*,
        registered.projection_srid,
        registered.parcel_id_order,
        registered.latitude_min,
        registered.latitude_max,
        registered.longitude_min,
        registered.longitude_max,
        record.*
    from landed
    left join registered on landed.county_fips = registered.county_fips
    cross join lateral (select landed.payload -> 'attributes' as roll limit 1) as attributes
    cross join lateral (
        -- limit 1 keeps the planner from inlining: each JSON attribute is read once per row
        select
            {{ json_text('roll', 'PARCEL') }} as parcel_id_original,
            {{ json_text('roll', 'NAME1') }} as published_owner_name_1,
            {{ json_text('roll', 'NAME2') }} as published_owner_name_2,
            {{ json_text('roll', 'SITUS') }} as situs_address,
            coalesce({{ json_text('roll', 'SITUS_CITY') }}, {{ json_text('roll', 'CITY_SITUS') }}) as situs_city,
            coalesce({{ json_text('roll', 'SITUS_ZIP') }}, {{ json_text('roll', 'ZIP_SITUS') }})
                as published_situs_zip_code,
            {{ json_text('roll', 'ADD1') }} as published_mailing_address_1,
            {{ json_text('roll', 'ADD2') }} as published_mailing_address_2,
            {{ json_text('roll', 'CITY') }} as published_mailing_city,
            {{ json_text('roll', 'STATE') }} as published_mailing_state,
            {{ json_text('roll', 'ZIP') }} as published_mailing_zip_code,
            {{ json_number('roll', 'LAND_MKT') }} as land_mkt,
            {{ json_number('roll', 'BLDG_MKT') }} as bldg_mkt,
            {{ json_number('roll', 'XFOB_MKT') }} as xfob_mkt,
            {{ json_number('roll', 'TOTAL_MKT') }} as total_mkt,
            {{ json_number('roll', 'TOTAL_ASSD') }} as total_assd,
            {{ json_number('roll', 'TOTAL_XMPT') }} as total_xmpt,
            {{ json_number('roll', 'TAXABLE') }} as taxable,
            {{ json_number('roll', 'TAXES') }} as published_taxes,
            {{ json_number('roll', 'AYB') }} as ayb,
            {{ json_number('roll', 'LIVING_AREA') }} as living_area,
            {{ json_number('roll', 'ACREAGE') }} as acreage,
            {{ json_number('roll', 'BEDS') }} as beds,
            {{ json_number('roll', 'BATH') }} as bath,
            {{ json_text('roll', 'DOR_CODE') }} as use_code,
            {{ json_text('roll', 'ZONING_CODE') }} as zoning_code,
            {{ json_text('roll', 'CONDO_FLAG') }} as condo_flag,
            {{ json_number('roll', 'SALE_DATE') }} as sale_ms,
            {{ json_number('roll', 'SALE_ADJ_VALUE') }} as sale_adj_value,
            {{ json_text('roll', 'QUAL_CODE') }} as last_sale_qualification_code,
            {{ json_number('roll', 'LATITUDE') }}::double precision as published_latitude,
            {{ json_number('roll', 'LONGITUDE') }}::double precision as published_longitude
        limit 1
    ) as record
),

typed as (
    select
        parsed.*,
        {{ normalize_parcel_id('parsed.parcel_id_original', 'parsed.parcel_id_order') }}
            as parcel_id_normalized,
        coalesce(parsed.published_owner_name_1 ilike '%confidential%', false) as is_owner_confidential,
        case when parsed.ayb between 1800 and 2100 then parsed.ayb::integer end as year_built,
        {{ epoch_ms_to_date('parsed.sale_ms') }} as last_sale_date,
        {{ is_inside_county('parsed') }} as is_inside_county
    from parsed
    -- keeps the planner from inlining: each value is worked out once per row, however often it is used below
    offset 0
),

final as (
    select
        -- what most readers ask for comes first: a column costs those before it
        county_fips,
        parcel_id_normalized,
        is_current,
        {{ holds_none_of(rejections) }} as is_accepted,
        payload_hash as source_version,
        landed_at,
        retired_at,
        now() as changed_at,
        source_key,
        parcel_id_original,
        is_owner_confidential,
        case when not is_owner_confidential then published_owner_name_1 end as owner_name_1,
        case when not is_owner_confidential then published_owner_name_2 end as owner_name_2,
        case
            when not is_owner_confidential
                then nullif(concat_ws(' ', published_mailing_address_1, published_mailing_address_2), '')
        end as owner_mailing_address,
        case when not is_owner_confidential then published_mailing_city end as owner_mailing_city,
        case when not is_owner_confidential then published_mailing_state end as owner_mailing_state,
        case when not is_owner_confidential then published_mailing_zip_code end as owner_mailing_zip_code,
        situs_address,
        situs_city,
        {{ zip_code_5('published_situs_zip_code') }} as situs_zip_code,
        {{ positive_or_null('land_mkt') }}::numeric(14, 2) as land_market_value,
        {{ positive_or_null('bldg_mkt') }}::numeric(14, 2) as building_market_value,
        {{ positive_or_null('xfob_mkt') }}::numeric(14, 2) as extra_feature_market_value,
        {{ positive_or_null('total_mkt') }}::numeric(14, 2) as total_market_value,
        {{ positive_or_null('total_assd') }}::numeric(14, 2) as assessed_value,
        {{ positive_or_null('total_xmpt') }}::numeric(14, 2) as exempt_value,
        {{ positive_or_null('taxable') }}::numeric(14, 2) as taxable_value,
        {{ positive_or_null('published_taxes') }}::numeric(14, 2) as taxes,
        year_built,
        {{ positive_or_null('living_area', '1e8') }}::numeric(10, 0) as living_area_sqft,
        {{ positive_or_null('acreage', '1e6') }}::numeric(14, 6) as lot_size_acres,
        {{ positive_or_null('beds', '1000') }}::numeric(5, 1) as bedrooms,
        {{ positive_or_null('bath', '1000') }}::numeric(5, 1) as bathrooms,
        use_code,
        zoning_code,
        condo_flag is not null as is_condominium,
        last_sale_date,
        {{ positive_or_null('sale_adj_value') }}::numeric(14, 2) as last_sale_price,
        last_sale_qualification_code,
        case when is_inside_county then published_latitude end as latitude,
        case when is_inside_county then published_longitude end as longitude,
        {{ flags_array(rejections) }} as rejection_reasons,
        {{ flags_array({
            'money_impossible':
                'least(land_mkt, bldg_mkt, xfob_mkt, total_mkt, total_assd, total_xmpt, taxable, published_taxes, '
                ~ 'sale_adj_value) < 0 or greatest(land_mkt, bldg_mkt, xfob_mkt, total_mkt, total_assd, '
                ~ 'total_xmpt, taxable, published_taxes, sale_adj_value) >= 1e12',
            'year_built_out_of_range': 'ayb <> 0 and year_built is null',
            'area_impossible': 'least(living_area, acreage) < 0 or living_area >= 1e8 or acreage >= 1e6',
            'rooms_impossible': 'least(beds, bath) < 0 or greatest(beds, bath) >= 1000',
            'sale_date_impossible': 'last_sale_date is null and sale_ms not between -2240524800000 and -2177452800000',
            'coordinates_outside_county': 'not is_inside_county',
        }) }} as value_issues,
        run_id,
        fetched_at
    from typed
)

select * from final
