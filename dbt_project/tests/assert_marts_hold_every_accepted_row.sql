{{ config(meta={
    'description': 'Every accepted parcel is a property, and every accepted key has its row in its mart.',
    'next_steps': 'Compare the listed keys in staging and in the mart; a full refresh of the mart mends a missed change.',
}) }}
{%- set parcel_sources = ['tax_sales', 'foreclosures', 'property_records'] %}

with

accepted as (
    {% for source_type in parcel_sources %}
        select distinct
            '{{ source_type }}' as mart,
            county_fips,
            parcel_id_normalized
        from {{ ref('stg_orange_fl__' ~ source_type) }}
        where is_current and is_accepted
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

present as (
    {% for source_type in parcel_sources %}
        select
            '{{ source_type }}' as mart,
            county_fips,
            parcel_id_normalized
        from {{ ref(source_type) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

accepted_cases as (
    select distinct
        county_fips,
        case_number
    from {{ ref('stg_orange_fl__code_violations') }}
    where is_current and is_accepted
),

properties as (
    select
        county_fips,
        parcel_id_normalized
    from {{ ref('properties') }}
    where is_active
),

code_violations as (
    select
        county_fips,
        case_number
    from {{ ref('code_violations') }}
)

select
    coalesce(accepted.mart, present.mart) as mart,
    coalesce(accepted.parcel_id_normalized, present.parcel_id_normalized) as row_key
from accepted
full outer join present
    on
        accepted.mart = present.mart
        and accepted.county_fips = present.county_fips
        and accepted.parcel_id_normalized = present.parcel_id_normalized
where accepted.mart is null or present.mart is null
union all
select
    'properties' as mart,
    accepted.parcel_id_normalized as row_key
from accepted
left join properties
    on
        accepted.county_fips = properties.county_fips
        and accepted.parcel_id_normalized = properties.parcel_id_normalized
where properties.parcel_id_normalized is null
union all
select
    'code_violations' as mart,
    coalesce(accepted_cases.case_number, code_violations.case_number) as row_key
from accepted_cases
full outer join code_violations
    on
        accepted_cases.county_fips = code_violations.county_fips
        and accepted_cases.case_number = code_violations.case_number
where accepted_cases.case_number is null or code_violations.case_number is null
