-- One row per landed version of a tax deed sale (Comptroller's list as geocoded by the county GIS).
-- The layer publishes parcel ids in section-township-range order with dashes, and the sale date as text.
{%- set rejections = {
    'county_not_registered': 'projection_srid is null',
    'parcel_id_missing': 'parcel_id_original is null',
    'parcel_id_not_15_digits': 'parcel_id_original is not null and parcel_id_normalized is null',
} %}

with

{{ landed_records('12095', 'tax_sales') }},

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
            {{ json_text("landed.payload -> 'attributes'", 'USER_TDA_NUM') }} as tda_number,
            {{ json_text("landed.payload -> 'attributes'", 'USER_Sale_Date') }} as sale_date_text,
            {{ json_text("landed.payload -> 'attributes'", 'USER_Deed_Status') }} as deed_status,
            {{ json_text("landed.payload -> 'attributes'", 'USER_PARCEL') }} as parcel_id_original,
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
        {{ us_text_to_date('parsed.sale_date_text') }} as sale_date,
        {{ is_inside_county('parsed') }} as is_inside_county
    from parsed
),

final as (
    select
        county_fips,
        source_key,
        parcel_id_original,
        parcel_id_normalized,
        tda_number,
        sale_date,
        deed_status,
        case when is_inside_county then published_latitude::double precision end as latitude,
        case when is_inside_county then published_longitude::double precision end as longitude,
        {{ holds_none_of(rejections) }} as is_accepted,
        {{ flags_array(rejections) }} as rejection_reasons,
        {{ flags_array({
            'sale_date_impossible': 'sale_date_text is not null and sale_date is null',
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
