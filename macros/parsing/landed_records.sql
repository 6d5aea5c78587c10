{#-
    The two CTEs that every staging model starts with: the landed versions of one county's source, and the
    county's registry entry beside each (left join: a county missing from the registry is a rejection
    reason, not a silent loss). A staging model kept as a table gets only the versions that landed or were retired
    since: each record is parsed once. Loads of one source never overlap, and assert_raw_rows_are_staged counts.
    Example: with {{ landed_records('12095', 'tax_sales') }}, record as (...)
-#}
{% macro landed_records(county_fips, source_type) -%}
landed as (
    select
        raw_records.county_fips,
        raw_records.source_key,
        raw_records.payload,
        raw_records.payload_hash,
        raw_records.run_id,
        raw_records.fetched_at,
        raw_records._dlt_valid_from as landed_at,
        raw_records._dlt_valid_to as retired_at,
        raw_records._dlt_valid_to is null as is_current
    from {{ source('raw', source_type) }} as raw_records
    where
        raw_records.county_fips = '{{ county_fips }}'
    {%- if is_incremental() %}
        and greatest(raw_records._dlt_valid_from, raw_records._dlt_valid_to) > (
            select coalesce(max(greatest(parsed.landed_at, parsed.retired_at)), '-infinity')
            from {{ this }} as parsed
        )
    -- keeps the planner from parsing first and comparing afterwards
    offset 0
    {%- endif %}
),

registered as (
    select
        registry_counties.county_fips,
        registry_counties.projection_srid,
        registry_counties.latitude_min,
        registry_counties.latitude_max,
        registry_counties.longitude_min,
        registry_counties.longitude_max,
        registry_sources.parcel_id_order
    from {{ source('ops', 'registry_counties') }} as registry_counties
    inner join {{ source('ops', 'registry_sources') }} as registry_sources
        on registry_counties.county_fips = registry_sources.county_fips
    where registry_sources.source_type = '{{ source_type }}'
)
{%- endmacro %}
