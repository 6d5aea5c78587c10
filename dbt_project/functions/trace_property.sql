-- What a property and its lead were built from: for each mart row the landed record, as the county sent it, and
-- the run that brought it. For wholesaler_transformer: raw records hold names. A version that a later load has
-- retired is found too, by a scan of its source.
{{ config(schema='quality') }}
{%- set source_types = ['property_records', 'tax_sales', 'foreclosures', 'code_violations'] %}

select
    used.source_type,
    landed.source_key,
    used.source_version,
    landed.payload,
    landed.landed_at,
    landed.retired_at,
    used.run_id,
    runs.status as run_status,
    runs.started_at as run_started_at
from (
    {%- for source_type in source_types %}
    select
        '{{ source_type }}' as source_type,
        mart.source_version,
        mart.run_id
    from {{ ref(source_type) }} as mart
    where
        mart.county_fips = trace_property.county
        and mart.parcel_id_normalized = trace_property.parcel_id
    {{ 'union all' if not loop.last }}
    {%- endfor %}
) as used
left join lateral (
    {%- for is_retired in [false, true] -%}
    {%- for source_type in source_types %}
    select
        raw_records.source_key,
        raw_records.payload,
        raw_records._dlt_valid_from as landed_at,
        raw_records._dlt_valid_to as retired_at
    from {{ source('raw', source_type) }} as raw_records
    where
        used.source_type = '{{ source_type }}'
        and raw_records.payload_hash = used.source_version
        and raw_records.run_id = used.run_id
        and raw_records._dlt_valid_to is {{ 'not null' if is_retired else 'null' }}
    {{ 'union all' if not (loop.last and is_retired) }}
    {%- endfor -%}
    {%- endfor %}
    limit 1
) as landed on true
left join {{ ref('data_ingestion_runs') }} as runs on used.run_id = runs.run_id
order by used.source_type, used.source_version
