{{ config(meta={
    'description': 'Component scores and total of every lead are the capped, weighted sums of its stored factors.',
    'next_steps': 'Something writes scores or factors by another way than int_scoring__factors: find it.',
}) }}

with

components as (
    select * from {{ ref('score_components') }}
),

factors as (
    select * from {{ ref('lead_score_factors') }}
),

-- not materialized: leads are few, and looked up by index
lead_scores as not materialized (
    select * from {{ ref('lead_scores') }}
),

leads as (
    select
        county_fips,
        parcel_id_normalized
    from {{ ref('leads') }}
),

component_sums as (
    select
        leads.county_fips,
        leads.parcel_id_normalized,
        components.component,
        components.weight,
        least(
            components.max_score, greatest(components.min_score, coalesce(sum(factors.points), 0))
        ) as score
    from leads
    inner join lead_scores
        on
            leads.county_fips = lead_scores.county_fips
            and leads.parcel_id_normalized = lead_scores.parcel_id_normalized
    inner join components
        on
            lead_scores.ruleset = components.ruleset
            and lead_scores.ruleset_version = components.ruleset_version
    left join factors
        on
            leads.county_fips = factors.county_fips
            and leads.parcel_id_normalized = factors.parcel_id_normalized
            and components.component = factors.component
    group by
        leads.county_fips,
        leads.parcel_id_normalized,
        components.component,
        components.weight,
        components.min_score,
        components.max_score
),

rebuilt as (
    select
        county_fips,
        parcel_id_normalized,
        round(sum(score) filter (where component = 'distress'), 2) as distress_score,
        round(sum(score) filter (where component = 'value'), 2) as value_score,
        round(sum(score) filter (where component = 'location'), 2) as location_score,
        round(sum(score) filter (where component = 'urgency'), 2) as urgency_score,
        round(sum(weight * score), 2) as total_score
    from component_sums
    group by county_fips, parcel_id_normalized
)

select
    rebuilt.*,
    lead_scores.total_score as stored_total_score
from rebuilt
inner join lead_scores
    on
        rebuilt.county_fips = lead_scores.county_fips
        and rebuilt.parcel_id_normalized = lead_scores.parcel_id_normalized
where
    (
        rebuilt.distress_score,
        rebuilt.value_score,
        rebuilt.location_score,
        rebuilt.urgency_score,
        rebuilt.total_score
    ) is distinct from (
        lead_scores.distress_score,
        lead_scores.value_score,
        lead_scores.location_score,
        lead_scores.urgency_score,
        lead_scores.total_score
    )
