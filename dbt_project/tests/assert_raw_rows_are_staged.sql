{{ config(meta={
    'description': 'Nothing lost: for each source, current raw rows = staged rows = accepted + rejected.',
    'next_steps': 'Look for a filter or join in the staging model of the source; staging keeps every row.',
}) }}
{%- set source_types = ['tax_sales', 'foreclosures', 'property_records', 'code_violations'] %}

with

counts as (
    {% for source_type in source_types %}
        select
            '{{ source_type }}' as source_type,
            (
                select count(*) filter (where _dlt_valid_to is null) from {{ source('raw', source_type) }}
            ) as raw_rows,
            staged.staged_rows,
            staged.accepted_rows,
            (
                select count(*) from {{ ref('rejected_rows') }}
                where source_type = '{{ source_type }}' and payload is not null
            ) as rejected_rows
        from (
            select
                count(*) as staged_rows,
                count(*) filter (where is_accepted) as accepted_rows
            from {{ ref('stg_orange_fl__' ~ source_type) }}
            where is_current
        ) as staged
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select *
from counts
where raw_rows <> staged_rows or staged_rows <> accepted_rows + rejected_rows
