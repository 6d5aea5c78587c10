-- One row per active property: component scores, total, tier, reasons and what was unknown.
-- Sums of int_scoring__factors, rounded half up to cents after the tier is taken from the exact total.
-- Scored again is what changed since the newest score was written: its inputs, or any rule.
-- depends_on: {{ ref('properties') }}
{{
    config(
        unique_key=['county_fips', 'parcel_id_normalized'],
        sync_keys='properties',
        sync_where='is_active',
        sync_ignore=['created_at', 'updated_at', 'scored_at', 'scored_as_of'],
        indexes=[
            {'columns': ['total_score']},
            {'columns': ['tier', 'total_score']},
        ],
        fillfactor=50,
    )
}}

with

components as (
    select * from {{ ref('int_scoring__components') }}
    {% if is_incremental() %}
        where {{ written_since('inputs_changed_at', this, 'scored_at') }}
    {% endif %}
),

tiers as (
    select * from {{ ref('score_tiers') }}
),

-- each tier ends where the next better one begins
tier_bands as (
    select
        ruleset,
        ruleset_version,
        tier,
        min_total_score,
        lead(min_total_score, 1, 'infinity'::numeric) over (
            partition by ruleset, ruleset_version
            order by min_total_score
        ) as below_total_score
    from tiers
),

final as (
    select
        components.county_fips,
        components.parcel_id_normalized,
        components.distress_score::numeric(5, 2) as distress_score,
        components.value_score::numeric(5, 2) as value_score,
        components.location_score::numeric(5, 2) as location_score,
        components.urgency_score::numeric(5, 2) as urgency_score,
        components.total_score::numeric(5, 2) as total_score,
        tier_bands.tier,
        components.nearby_violations,
        components.nearby_open_violations,
        components.nearest_violation_distance,
        components.avg_violation_distance,
        components.reasons,
        components.missing_inputs,
        components.ruleset,
        components.ruleset_version,
        {{ as_of() }} as scored_as_of,
        now() as scored_at,
        now() as created_at,
        now() as updated_at
    from components
    inner join tier_bands
        on
            components.ruleset = tier_bands.ruleset
            and components.ruleset_version = tier_bands.ruleset_version
            and components.total_score >= tier_bands.min_total_score
            and components.total_score < tier_bands.below_total_score
)

select * from final
