-- One row per property and rule band that fires: the explanation of every score. Scores are only sums of
-- these rows. An input that is null never meets a rule.

with

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

score_rules as (
    select * from {{ ref('score_rules') }}
),

-- bands of the active ruleset, open ends made infinite
rules as (
    select
        score_rules.ruleset,
        score_rules.ruleset_version,
        score_rules.component,
        components.component_order,
        score_rules.rule,
        score_rules.rule_order,
        score_rules.band,
        score_rules.input,
        coalesce(score_rules.min_value, '-infinity'::numeric) as min_value,
        coalesce(score_rules.min_is_inclusive, true) as min_is_inclusive,
        coalesce(score_rules.max_value, 'infinity'::numeric) as max_value,
        coalesce(score_rules.max_is_inclusive, true) as max_is_inclusive,
        coalesce(score_rules.points, 0) as points,
        coalesce(score_rules.points_per_unit, 0) as points_per_unit,
        coalesce(score_rules.max_points, 'infinity'::numeric) as max_points,
        score_rules.value_format,
        score_rules.reason_template
    from score_rules
    inner join rulesets
        on
            score_rules.ruleset = rulesets.ruleset
            and score_rules.ruleset_version = rulesets.ruleset_version
    inner join components
        on
            score_rules.ruleset = components.ruleset
            and score_rules.ruleset_version = components.ruleset_version
            and score_rules.component = components.component
),

known_inputs as (
    select
        inputs.county_fips,
        inputs.parcel_id_normalized,
        named.input,
        named.value,
        named.day
    from inputs
    cross join
        lateral (
            values
            {% for input, day in scoring_inputs().items() %}
                ('{{ input }}', inputs.{{ input }}::numeric, {{ 'inputs.' ~ day if day else 'null::date' }})
                {{- ',' if not loop.last }}
            {% endfor %}
        ) as named (input, value, day)
    where named.value is not null
),

final as (
    select
        known_inputs.county_fips,
        known_inputs.parcel_id_normalized,
        rules.ruleset,
        rules.ruleset_version,
        rules.component,
        rules.component_order,
        rules.rule,
        rules.rule_order,
        rules.band,
        trim_scale(
            rules.points + least(rules.max_points, rules.points_per_unit * known_inputs.value)
        ) as points,
        known_inputs.input,
        known_inputs.value as input_value,
        replace(
            rules.reason_template,
            '{value}',
            {{ format_reason_value('known_inputs.value', 'known_inputs.day', 'rules.value_format') }}
        ) as reason
    from known_inputs
    inner join rules
        on
            known_inputs.input = rules.input
            and (
                known_inputs.value > rules.min_value
                or (rules.min_is_inclusive and known_inputs.value = rules.min_value)
            )
            and (
                known_inputs.value < rules.max_value
                or (rules.max_is_inclusive and known_inputs.value = rules.max_value)
            )
)

select * from final
