-- One row per record that is landed but kept out of the marts, or that could not be landed as sent, with
-- the reasons. Nothing is lost: for each source, current raw rows = accepted + rejected.
{%- set payloads_of = {
    'tax_sales': 'stg_orange_fl__tax_sales',
    'foreclosures': 'stg_orange_fl__foreclosures',
    'property_records': 'stg_orange_fl__property_record_payloads',
    'code_violations': 'stg_orange_fl__code_violation_payloads',
} %}

with

staged_rows as (
    {% for source_type, payloads in payloads_of.items() %}
        select
            staged.county_fips,
            '{{ source_type }}' as source_type,
            staged.source_key,
            staged.rejection_reasons,
            payloads.raw_data as payload,
            null::bytea as record_as_sent,
            staged.run_id,
            staged.fetched_at
        from {{ ref('stg_orange_fl__' ~ source_type) }} as staged
        inner join {{ ref(payloads) }} as payloads
            on
                staged.source_version = payloads.source_version
                and staged.landed_at = payloads.landed_at
        where
            staged.is_current
            and not staged.is_accepted
            and payloads.retired_at is null
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
