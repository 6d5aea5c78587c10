-- One row per property: the four component scores and their weighted total, as exact sums of the rules that fire,
-- with the inputs that are shown beside a score.
-- They are summed property by property (lateral): grouping the factors of all would sort millions of rows. A condition
-- on the key or on inputs_changed_at reaches the inputs before anything is summed.
{%- set component_names = ['distress', 'value', 'location', 'urgency'] %}

with

{{ active_rules() }},

inputs as (
    select * from {{ ref('int_scoring__inputs') }}
),

rulesets as (
    select
        ruleset,
        ruleset_version
    from {{ ref('score_rulesets') }}
    where is_active
),

components as (
    select * from {{ ref('score_components') }}
),

-- one row: weight and limits of each component of the active ruleset, side by side
limits as (
    select
        rulesets.ruleset,
        rulesets.ruleset_version,
    {% for name in component_names %}
        max(components.weight) filter (where components.component = '{{ name }}') as {{ name }}_weight,
        max(components.min_score) filter (where components.component = '{{ name }}') as {{ name }}_min,
        max(components.max_score) filter (where components.component = '{{ name }}') as {{ name }}_max
        {{- ',' if not loop.last }}
    {% endfor %}
    from rulesets
    inner join components
        on
            rulesets.ruleset = components.ruleset
            and rulesets.ruleset_version = components.ruleset_version
    group by rulesets.ruleset, rulesets.ruleset_version
),

final as (
    select
        inputs.county_fips,
        inputs.parcel_id_normalized,
        limits.ruleset,
        limits.ruleset_version,
        {% for name in component_names %}
            scores.{{ name }}_score,
        {% endfor %}
        trim_scale(
            {% for name in component_names %}
                {{ '+ ' if not loop.first }}limits.{{ name }}_weight * scores.{{ name }}_score
            {% endfor %}
        ) as total_score,
        sums.reasons,
        inputs.changed_at as inputs_changed_at,
        inputs.nearby_violations,
        inputs.nearby_open_violations,
        inputs.nearest_violation_distance,
        inputs.avg_violation_distance,
        inputs.missing_inputs
    from inputs
    cross join limits
    cross join
        lateral (
            {{ packed_inputs('inputs') }}
        ) as packed
    cross join
        lateral (
            select
                {% for name in component_names %}
                    coalesce(sum(factors.points) filter (where factors.component = '{{ name }}'), 0)
                        as {{ name }}_points,
                {% endfor %}
                coalesce(
                    jsonb_agg(factors.reason order by factors.component_order, factors.rule_order, factors.band)
                    filter (where factors.reason is not null),
                    '[]'
                ) as reasons
            from (
                {{ fired_rules('packed') }}
            ) as factors
        ) as sums
    cross join lateral (
        select
        {% for name in component_names %}
                least(limits.{{ name }}_max, greatest(limits.{{ name }}_min, sums.{{ name }}_points))
                    as {{ name }}_score{{ ',' if not loop.last }}
        {% endfor %}
    ) as scores
)

select * from final
