{#-
    How rules meet inputs, three parts of one query: `rules`, the bands of the active ruleset; the inputs of a property
    packed into an array in the order of scoring_inputs(); and the bands that fire. Half a million properties are scored
    at once, so each looks up its values by number and each band is one range.
    Example:
        with {{ active_rules() }}, inputs as (...)
        select ... from inputs
        cross join lateral ({{ packed_inputs('inputs') }}) as packed
        cross join lateral ({{ fired_rules('packed') }}) as factors
-#}

{#- CTE `rules`: bands as ranges, open ends infinite. Materialized: read once, not per property. -#}
{% macro active_rules() -%}
rules as materialized (
    select
        score_rules.ruleset,
        score_rules.ruleset_version,
        score_rules.component,
        score_components.component_order,
        score_rules.rule,
        score_rules.rule_order,
        score_rules.band,
        score_rules.input,
        array_position(
            array[{% for input in scoring_inputs() %}'{{ input }}'{{ ', ' if not loop.last }}{% endfor %}],
            score_rules.input
        ) as input_number,
        numrange(
            score_rules.min_value,
            score_rules.max_value,
            case when score_rules.min_is_inclusive is not false then '[' else '(' end
            || case when score_rules.max_is_inclusive is not false then ']' else ')' end
        ) as band_values,
        coalesce(score_rules.points, 0) as points,
        coalesce(score_rules.points_per_unit, 0) as points_per_unit,
        coalesce(score_rules.max_points, 'infinity'::numeric) as max_points,
        score_rules.value_format,
        score_rules.reason_template
    from {{ ref('score_rules') }} as score_rules
    inner join {{ ref('score_rulesets') }} as score_rulesets
        on
            score_rules.ruleset = score_rulesets.ruleset
            and score_rules.ruleset_version = score_rulesets.ruleset_version
    inner join {{ ref('score_components') }} as score_components
        on
            score_rules.ruleset = score_components.ruleset
            and score_rules.ruleset_version = score_components.ruleset_version
            and score_rules.component = score_components.component
    where score_rulesets.is_active
)
{%- endmacro %}


{#- The inputs of a row of int_scoring__inputs by number; `limit 1` keeps the planner from packing them once a rule. -#}
{% macro packed_inputs(inputs) -%}
        select
            array[
                {%- for input in scoring_inputs() %}
                {{ inputs }}.{{ input }}::numeric{{ ',' if not loop.last }}
                {%- endfor %}
            ] as input_values,
            array[
                {%- for day in scoring_inputs().values() %}
                {{ inputs ~ '.' ~ day if day else 'null::date' }}{{ ',' if not loop.last }}
                {%- endfor %}
            ] as input_days
        limit 1
{%- endmacro %}


{#- The bands that fire for packed inputs. An input that is null never meets a rule. -#}
{% macro fired_rules(packed) -%}
        {%- set value = packed ~ '.input_values[rules.input_number]' -%}
        {%- set day = packed ~ '.input_days[rules.input_number]' -%}
        select
            rules.ruleset,
            rules.ruleset_version,
            rules.component,
            rules.component_order,
            rules.rule,
            rules.rule_order,
            rules.band,
            trim_scale(rules.points + least(rules.max_points, rules.points_per_unit * {{ value }})) as points,
            rules.input,
            {{ value }} as input_value,
            replace(
                rules.reason_template, '{value}', {{ format_reason_value(value, day, 'rules.value_format') }}
            ) as reason
        from rules
        where rules.band_values @> {{ value }}
{%- endmacro %}
