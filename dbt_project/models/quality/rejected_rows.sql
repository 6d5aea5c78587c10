-- One row per record that is landed but kept out of the marts, or that could not be landed as sent, with
-- the reasons. Nothing is lost: for each source, current raw rows = accepted + rejected.
{%- set staged_sources = ['tax_sales', 'foreclosures', 'property_records', 'code_violations'] %}

with

staged_rows as (
    {% for source_type in staged_sources %}
        select
            county_fips,
            '{{ source_type }}' as source_type,
            source_key,
            rejection_reasons,
            raw_data as payload,
            null::bytea as record_as_sent,
            run_id,
            fetched_at
        from {{ ref('stg_orange_fl__' ~ source_type) }}
        where is_current and not is_accepted
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

unlandable as (
    select
        county_fips,
        source_type,
        source_key,
        array[reason] as rejection_reasons,
        null::jsonb as payload,
        record as record_as_sent,
        run_id,
        fetched_at
    from {{ ref('stg_operations__rejected_records') }}
),

final as (
    select * from staged_rows
    union all
    select * from unlandable
)

select * from final
