{{ config(meta={
    'description': 'One ruleset is active; weights sum to 1; every ruleset has the lowest tier at 0 and rules for each component.',
    'next_steps': 'Correct the named ruleset in seeds/scoring/.',
}) }}

with

rulesets as (
    select * from {{ ref('score_rulesets') }}
),

components as (
    select * from {{ ref('score_components') }}
),

tiers as (
    select * from {{ ref('score_tiers') }}
),

rules as (
    select * from {{ ref('score_rules') }}
)

select 'not exactly one ruleset is active' as problem
from rulesets
having count(*) filter (where is_active) <> 1
union all
select 'weights of ' || ruleset || ' ' || ruleset_version || ' do not sum to 1' as problem
from components
group by ruleset, ruleset_version
having sum(weight) <> 1
union all
select 'lowest tier of ' || ruleset || ' ' || ruleset_version || ' does not begin at 0' as problem
from tiers
group by ruleset, ruleset_version
having min(min_total_score) <> 0
union all
select 'no rule gives ' || components.component || ' in ' || components.ruleset as problem
from components
left join rules
    on
        components.ruleset = rules.ruleset
        and components.ruleset_version = rules.ruleset_version
        and components.component = rules.component
where rules.rule is null
