{{ config(meta={
    'description':
        'Every accepted parcel is an active property, every accepted key has its row in its mart, and no mart shows '
        ~ 'a version that its source does not hold any more.',
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
            {{ key }},
            source_version
        from {{ ref('stg_orange_fl__' ~ mart) }}
        where is_current and is_accepted
    ),
{% endfor %}

parcels as not materialized (
    select
        county_fips,
        parcel_id_normalized,
        source_version
    from {{ ref('int_identity__parcels') }}
),

-- not materialized: a few keys are looked up by index, many are compared by both cores
properties as not materialized (
    select
        county_fips,
        parcel_id_normalized,
        source_version,
        is_active
    from {{ ref('properties') }}
)

{% for mart, key in key_of.items() %}
    select
        '{{ mart }}' as mart,
        'is missing' as finding,
        accepted.{{ key }} as row_key
    from accepted_{{ mart }} as accepted
    left join {{ ref(mart) }} as present
        on accepted.county_fips = present.county_fips and accepted.{{ key }} = present.{{ key }}
    where present.{{ key }} is null
    union all
    select
        '{{ mart }}' as mart,
        'was not accepted, or is outdated' as finding,
        present.{{ key }} as row_key
    from {{ ref(mart) }} as present
    left join accepted_{{ mart }} as accepted
        on
            present.county_fips = accepted.county_fips
            and present.{{ key }} = accepted.{{ key }}
            {% if mart != 'tax_sales' %}
                and present.source_version = accepted.source_version
            {% endif %}
    where accepted.{{ key }} is null
    union all
    {% if key == 'parcel_id_normalized' %}
        -- that it is a property at all is held by the foreign key of the mart
        select
            'properties' as mart,
            'is not active' as finding,
            properties.{{ key }} as row_key
        from properties
        inner join accepted_{{ mart }} as accepted
            on
                properties.county_fips = accepted.county_fips
                and properties.{{ key }} = accepted.{{ key }}
        where not properties.is_active
        union all
    {% endif %}
{% endfor %}
select
    'properties' as mart,
    'is outdated' as finding,
    parcels.parcel_id_normalized as row_key
from parcels
left join properties
    on
        parcels.county_fips = properties.county_fips
        and parcels.parcel_id_normalized = properties.parcel_id_normalized
        and parcels.source_version = properties.source_version
where properties.parcel_id_normalized is null
