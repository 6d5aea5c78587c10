-- One row per county and city: leads and their scores. Rates by area also check that areas score alike.
{{ config(materialized='materialized_view', indexes=[{'columns': ['county_fips', 'city'], 'unique': true}]) }}

with

lead_scores as (
    select * from {{ ref('lead_scores') }}
),

properties as (
    select * from {{ ref('properties') }}
),

leads as (
    select * from {{ ref('leads') }}
),

final as (
    select
        properties.county_fips,
        coalesce(properties.city, 'unknown') as city,
        count(*) as scored_properties,
        count(leads.parcel_id_normalized) as leads,
        count(*) filter (where leads.tier = 'A') as tier_a_leads,
        round(avg(leads.total_score), 2) as average_lead_score,
        max(leads.total_score) as best_lead_score
    from lead_scores
    inner join properties
        on
            lead_scores.county_fips = properties.county_fips
            and lead_scores.parcel_id_normalized = properties.parcel_id_normalized
    left join leads
        on
            lead_scores.county_fips = leads.county_fips
            and lead_scores.parcel_id_normalized = leads.parcel_id_normalized
    group by properties.county_fips, coalesce(properties.city, 'unknown')
)

select * from final
