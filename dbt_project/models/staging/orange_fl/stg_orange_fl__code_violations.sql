-- One row per landed version of a City of Orlando code-enforcement case (Socrata k6e8-nw6w).
-- gpsx, gpsy are Florida East state plane feet (0 = missing); a longitude/latitude pair also occurs.
-- A case without a parcel id is good data: it is matched by place later, so it is not rejected here.
-- Kept as a table: everything after it reads it several times, and parsing is the dearest step of a build. The
-- record itself stays in raw, see stg_orange_fl__code_violation_payloads.
-- depends_on: {{ ref('stg_orange_fl__code_violation_payloads') }}
{{
    config(
        materialized='incremental',
        incremental_strategy='sync',
        unique_key=['source_version', 'landed_at'],
        sync_keys='stg_orange_fl__code_violation_payloads',
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
    'case_number_missing': 'case_number is null',
} %}

with

{{ landed_records('12095', 'code_violations') }},

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
            {{ json_text('landed.payload', 'apno') }} as case_number,
            {{ json_text('landed.payload', 'parcel_id') }} as parcel_id_original,
            {{ json_text('landed.payload', 'case_type') }} as violation_type,
            {{ json_text('landed.payload', 'casetype') }} as violation_type_code,
            {{ json_text('landed.payload', 'casename') }} as case_name,
            {{ json_text('landed.payload', 'caseinfostatus') }} as status,
            {{ json_text('landed.payload', 'casedt') }} as opened_text,
            {{ json_text('landed.payload', 'resdt') }} as closed_text,
            {{ json_text('landed.payload', 'derived_address') }} as published_address,
            {{ json_number('landed.payload', 'gpsx') }}::double precision as gpsx,
            {{ json_number('landed.payload', 'gpsy') }}::double precision as gpsy
        limit 1
    ) as record
),

located as (
    select
        parsed.*,
        st_x(place.plane) as published_x_feet,
        st_y(place.plane) as published_y_feet,
        st_x(place.wgs84) as published_longitude,
        st_y(place.wgs84) as published_latitude,
        {{ iso_text_to_date('parsed.opened_text') }} as opened_date,
        {{ iso_text_to_date('parsed.closed_text') }} as closed_date,
        {{ normalize_parcel_id('parsed.parcel_id_original', 'parsed.parcel_id_order') }}
            as parcel_id_normalized
    from parsed
    cross join
        lateral (
            select
                case
                    when parsed.gpsx between -180 and -1 and parsed.gpsy between 1 and 90 then 4326
                    when parsed.gpsx between 1000 and 1e7 and parsed.gpsy between 1000 and 1e7
                        then parsed.projection_srid
                end as srid
        ) as published
    cross join
        lateral (
            select st_setsrid(st_makepoint(parsed.gpsx, parsed.gpsy), published.srid) as published_point
            limit 1
        ) as reference
    cross join lateral (
        -- limit 1 keeps the planner from inlining: one reprojection per row, the other way costs nothing
        select
            st_transform(reference.published_point, 4326) as wgs84,
            st_transform(reference.published_point, parsed.projection_srid) as plane
        limit 1
    ) as place
),

boxed as (
    select
        located.*,
        {{ is_inside_county('located') }} as is_inside_county
    from located
    -- keeps the planner from inlining: each value is worked out once per row, however often it is used below
    offset 0
),

final as (
    select
        -- what most readers ask for comes first: a column costs those before it
        county_fips,
        case_number,
        parcel_id_normalized,
        is_current,
        {{ holds_none_of(rejections) }} as is_accepted,
        payload_hash as source_version,
        landed_at,
        retired_at,
        now() as changed_at,
        source_key,
        parcel_id_original,
        violation_type,
        violation_type_code,
        case_name,
        status,
        lower(status) = 'open' as is_open,
        opened_date,
        closed_date,
        -- blank addresses are published as the city alone, or as "No Address"
        case
            when published_address ~ '^[0-9]'
                then regexp_replace(published_address, '\s+', ' ', 'g')
        end as address,
        case when is_inside_county then published_latitude end as latitude,
        case when is_inside_county then published_longitude end as longitude,
        case when is_inside_county then published_x_feet end as x_feet,
        case when is_inside_county then published_y_feet end as y_feet,
        {{ flags_array(rejections) }} as rejection_reasons,
        {{ flags_array({
            'parcel_id_not_15_digits': 'parcel_id_original is not null and parcel_id_normalized is null',
            'opened_date_impossible': 'opened_text is not null and opened_date is null',
            'closed_date_impossible': 'closed_text is not null and closed_date is null',
            'closed_before_opened': 'closed_date < opened_date',
            'coordinates_impossible': 'gpsx <> 0 and gpsy <> 0 and published_latitude is null',
            'coordinates_outside_county': 'not is_inside_county',
        }) }} as value_issues,
        run_id,
        fetched_at
    from boxed
)

select * from final
