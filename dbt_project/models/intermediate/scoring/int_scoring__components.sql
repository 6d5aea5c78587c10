-- One row per property: the four component scores and their weighted total, as exact sums of its factors.
with

factors as (
    select * from {{ ref('int_scoring__factors') }}
),

components as (
    select * from {{ ref('score_components') }}
),

component_sums as (
    select
        county_fips,
        parcel_id_normalized,
        ruleset,
        ruleset_version,
        component,
        sum(points) as points,
        jsonb_agg(reason order by rule_order, band) filter (where reason is not null) as reasons
    from factors
    group by county_fips, parcel_id_normalized, ruleset, ruleset_version, component
),

component_scores as (
    select
        component_sums.county_fips,
        component_sums.parcel_id_normalized,
        component_sums.ruleset,
        component_sums.ruleset_version,
        component_sums.component,
        components.weight,
        least(components.max_score, greatest(components.min_score, component_sums.points)) as score,
        component_sums.reasons
    from component_sums
    inner join components
        on
            component_sums.ruleset = components.ruleset
            and component_sums.ruleset_version = components.ruleset_version
            and component_sums.component = components.component
),

final as (
    select
        county_fips,
        parcel_id_normalized,
        ruleset,
        ruleset_version,
        coalesce(sum(score) filter (where component = 'distress'), 0) as distress_score,
        coalesce(sum(score) filter (where component = 'value'), 0) as value_score,
        coalesce(sum(score) filter (where component = 'location'), 0) as location_score,
        coalesce(sum(score) filter (where component = 'urgency'), 0) as urgency_score,
        trim_scale(sum(weight * score)) as total_score,
        coalesce(max(reasons::text) filter (where component = 'distress'), '[]')::jsonb
        || coalesce(max(reasons::text) filter (where component = 'value'), '[]')::jsonb
        || coalesce(max(reasons::text) filter (where component = 'location'), '[]')::jsonb
        || coalesce(max(reasons::text) filter (where component = 'urgency'), '[]')::jsonb as reasons
    from component_scores
    group by county_fips, parcel_id_normalized, ruleset, ruleset_version
)

select * from final
