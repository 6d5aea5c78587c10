-- One row per county and tier: leads and scored properties now.
{{ config(materialized='materialized_view', indexes=[{'columns': ['county_fips', 'tier'], 'unique': true}]) }}

with

lead_scores as (
    select
        county_fips,
        tier,
        total_score
    from {{ ref('lead_scores') }}
),

leads as (
    select
        county_fips,
        tier
    from {{ ref('leads') }}
),

score_sums as (
    select
        county_fips,
        tier,
        count(*) as scored_properties,
        round(avg(total_score), 2) as average_score
    from lead_scores
    group by county_fips, tier
),

lead_counts as (
    select
        county_fips,
        tier,
        count(*) as leads
    from leads
    group by county_fips, tier
),

final as (
    select
        score_sums.county_fips,
        score_sums.tier,
        coalesce(lead_counts.leads, 0) as leads,
        score_sums.scored_properties,
        score_sums.average_score
    from score_sums
    left join lead_counts
        on
            score_sums.county_fips = lead_counts.county_fips
            and score_sums.tier = lead_counts.tier
)

select * from final
