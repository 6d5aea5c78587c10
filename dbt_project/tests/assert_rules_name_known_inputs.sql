{{ config(meta={
    'description': 'Every rule of every ruleset looks at an input that int_scoring__inputs has; else it would never fire.',
    'next_steps': 'Correct the input in seeds/scoring/score_rules.csv, or add it to int_scoring__inputs and macro scoring_inputs.',
}) }}

select
    rule,
    band,
    input
from {{ ref('score_rules') }}
where
    input not in (
        {% for input in scoring_inputs() %}
            '{{ input }}'{{ ',' if not loop.last }}
        {% endfor %}
    )
