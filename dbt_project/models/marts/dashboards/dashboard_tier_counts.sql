-- One row per county and tier: leads and scored properties now.
{{ config(materialized='materialized_view', indexes=[{'columns': ['county_fips', 'tier'], 'unique': true}]) }}

with

lead_scores as (
    select * from {{ ref('lead_scores') }}
),

leads as (
    select * from {{ ref('leads') }}
),

final as (
    select
        lead_scores.county_fips,
        lead_scores.tier,
        count(leads.parcel_id_normalized) as leads,
        count(*) as scored_properties,
        round(avg(lead_scores.total_score), 2) as average_score
    from lead_scores
    left join leads
        on
            lead_scores.county_fips = leads.county_fips
            and lead_scores.parcel_id_normalized = leads.parcel_id_normalized
    group by lead_scores.county_fips, lead_scores.tier
)

select * from final
