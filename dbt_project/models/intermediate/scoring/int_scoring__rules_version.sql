-- One row: a fingerprint of every seed that scores read. When one of them changes, all properties are scored again;
-- else only those whose inputs changed.
{%- set scoring_seeds = [
    'score_rulesets', 'score_components', 'score_rules', 'score_tiers', 'code_case_jurisdictions'
] %}

with

seed_rows as (
    {% for seed in scoring_seeds %}
        select '{{ seed }}' || {{ seed }}::text as seed_row from {{ ref(seed) }} as {{ seed }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select md5(string_agg(seed_row, '|' order by seed_row)) as rules_version from seed_rows
)

select * from final
