{{ config(meta={
    'description': 'Every accepted parcel is a property, and every accepted key has its row in its mart.',
    'next_steps': 'Compare the listed keys in staging and in the mart; a full refresh of the mart mends a missed change.',
}) }}
{%- set key_of = {
    'tax_sales': 'parcel_id_normalized',
    'foreclosures': 'parcel_id_normalized',
    'property_records': 'parcel_id_normalized',
    'code_violations': 'case_number',
} %}

with

{% for mart, key in key_of.items() %}
    accepted_{{ mart }} as not materialized (
        select
            county_fips,
            {{ key }}
        from {{ ref('stg_orange_fl__' ~ mart) }}
        where is_current and is_accepted
    ),
{% endfor %}

-- not materialized: a few keys are looked up by index, many are compared by both cores
active_properties as not materialized (
    select
        county_fips,
        parcel_id_normalized
    from {{ ref('properties') }}
    where is_active
)

{% for mart, key in key_of.items() %}
    select
        '{{ mart }}' as mart,
        case when present.{{ key }} is null then 'is missing' else 'was not accepted' end as finding,
        coalesce(accepted.{{ key }}, present.{{ key }}) as row_key
    from accepted_{{ mart }} as accepted
    full outer join {{ ref(mart) }} as present
        on accepted.county_fips = present.county_fips and accepted.{{ key }} = present.{{ key }}
    where present.{{ key }} is null or accepted.{{ key }} is null
    {% if key == 'parcel_id_normalized' %}
        union all
        select
            'properties' as mart,
            'is missing' as finding,
            accepted.{{ key }} as row_key
        from accepted_{{ mart }} as accepted
        left join active_properties
            on
                accepted.county_fips = active_properties.county_fips
                and accepted.{{ key }} = active_properties.{{ key }}
        where active_properties.{{ key }} is null
    {% endif %}
    {{ 'union all' if not loop.last }}
{% endfor %}
