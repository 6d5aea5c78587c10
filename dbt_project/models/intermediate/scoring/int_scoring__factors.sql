-- One row per property and rule band that fires: the explanation of every score. Scores are only sums of
-- these rows. An input that is null never meets a rule.
with

{{ active_rules() }},

inputs as (
    select * from {{ ref('int_scoring__inputs') }}
),

final as (
    select
        inputs.county_fips,
        inputs.parcel_id_normalized,
        factors.ruleset,
        factors.ruleset_version,
        factors.component,
        factors.component_order,
        factors.rule,
        factors.rule_order,
        factors.band,
        factors.points,
        factors.input,
        factors.input_value,
        factors.reason
    from inputs
    cross join
        lateral (
            {{ packed_inputs('inputs') }}
        ) as packed
    cross join lateral (
        {{ fired_rules('packed') }}
    ) as factors
)

select * from final
