-- One row per landed version of a foreclosure filing (Public_Dynamic/MapServer/44).
-- As recorded the layer is a 2012 archive beside current notices: dates decide what is live, never presence.
{%- set rejections = {
    'county_not_registered': 'projection_srid is null',
    'parcel_id_missing': 'parcel_id_original is null',
    'parcel_id_not_15_digits': 'parcel_id_original is not null and parcel_id_normalized is null',
} %}

with

{{ landed_records('12095', 'foreclosures') }},

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
    cross join lateral (
        -- limit 1 keeps the planner from inlining: each JSON attribute is read once per row
        select
            {{ json_text("landed.payload -> 'attributes'", 'PARCEL_NUMBER') }} as parcel_id_original,
            {{ json_text("landed.payload -> 'attributes'", 'BORROWERS_NAME') }} as borrowers_name,
            {{ json_text("landed.payload -> 'attributes'", 'SITUS_ADDRESS') }} as situs_address,
            {{ json_text("landed.payload -> 'attributes'", 'SITUS_CITY') }} as situs_city,
            {{ json_text("landed.payload -> 'attributes'", 'SITUS_STATE') }} as situs_state,
            {{ json_text("landed.payload -> 'attributes'", 'SITUS_ZIP') }} as situs_zip_code,
            {{ json_number("landed.payload -> 'attributes'", 'DEFAULT_AMOUNT') }} as published_default_amount,
            {{ json_number("landed.payload -> 'attributes'", 'OPENING_BID') }} as published_opening_bid,
            {{ json_number("landed.payload -> 'attributes'", 'RECORDING_DATE') }} as recording_ms,
            {{ json_number("landed.payload -> 'attributes'", 'AUCTION_DATE') }} as auction_ms,
            {{ json_text("landed.payload -> 'attributes'", 'LENDER_NAME') }} as lender_name,
            {{ json_text("landed.payload -> 'attributes'", 'TRUSTEE_NAME') }} as trustee_name,
            {{ json_text("landed.payload -> 'attributes'", 'PROPERTY_TYPE') }} as property_type,
            {{ json_text("landed.payload -> 'attributes'", 'RECORD_TYPE_DESCRIPTION') }} as record_type,
            {{ json_number("landed.payload -> 'geometry'", 'x') }} as published_longitude,
            {{ json_number("landed.payload -> 'geometry'", 'y') }} as published_latitude
        limit 1
    ) as record
),

typed as (
    select
        parsed.*,
        {{ normalize_parcel_id('parsed.parcel_id_original', 'parsed.parcel_id_order') }}
            as parcel_id_normalized,
        {{ positive_or_null('parsed.published_default_amount') }} as default_amount,
        {{ positive_or_null('parsed.published_opening_bid') }} as opening_bid,
        {{ epoch_ms_to_date('parsed.recording_ms') }} as recording_date,
        {{ epoch_ms_to_date('parsed.auction_ms') }} as auction_date,
        {{ is_inside_county('parsed') }} as is_inside_county
    from parsed
),

final as (
    select
        county_fips,
        source_key,
        parcel_id_original,
        parcel_id_normalized,
        borrowers_name,
        situs_address,
        situs_city,
        situs_state,
        {{ zip_code_5('situs_zip_code') }} as situs_zip_code,
        default_amount::numeric(14, 2) as default_amount,
        opening_bid::numeric(14, 2) as opening_bid,
        recording_date,
        auction_date,
        lender_name,
        trustee_name,
        property_type,
        record_type,
        case when is_inside_county then published_latitude::double precision end as latitude,
        case when is_inside_county then published_longitude::double precision end as longitude,
        {{ holds_none_of(rejections) }} as is_accepted,
        {{ flags_array(rejections) }} as rejection_reasons,
        {{ flags_array({
            'default_amount_impossible': 'published_default_amount <> 0 and default_amount is null',
            'opening_bid_impossible': 'published_opening_bid <> 0 and opening_bid is null',
            'recording_date_impossible': 'recording_ms is not null and recording_date is null',
            'auction_date_impossible': 'auction_ms is not null and auction_date is null',
            'coordinates_outside_county': 'not is_inside_county',
        }) }} as value_issues,
        payload as raw_data,
        payload_hash as source_version,
        run_id,
        fetched_at,
        landed_at,
        retired_at,
        is_current
    from typed
)

select * from final
