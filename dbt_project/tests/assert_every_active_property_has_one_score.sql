{{ config(meta={
    'description': 'lead_scores has exactly the active properties.',
    'next_steps': 'A property without a score has no factor at all: check the base rule of the location component.',
}) }}

with

properties as (
    select
        county_fips,
        parcel_id_normalized
    from {{ ref('properties') }}
    where is_active
),

lead_scores as (
    select
        county_fips,
        parcel_id_normalized
    from {{ ref('lead_scores') }}
)

select
    properties.parcel_id_normalized as unscored_property,
    lead_scores.parcel_id_normalized as score_without_property
from properties
full outer join lead_scores
    on
        properties.county_fips = lead_scores.county_fips
        and properties.parcel_id_normalized = lead_scores.parcel_id_normalized
where properties.parcel_id_normalized is null or lead_scores.parcel_id_normalized is null
