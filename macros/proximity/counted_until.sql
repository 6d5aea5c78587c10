{#-
    CTE counted_until: the time up to which a table of neighbourhood counts holds int_proximity__case_changes, the newest
    changed_at of its rows. -infinity when everything is to be counted: in a first or full run, and when the changes
    do not reach back that far, because their table was made anew.
    Example: {{ counted_until() }}, ... where changed_at > (select counted_until.changed_at from counted_until)
-#}
{% macro counted_until() -%}
    {%- set case_changes = ref('int_proximity__case_changes') -%}
counted_until as (
    {%- if is_incremental() %}
    select
        case
            when exists (
                select from {{ case_changes }} as counted
                where counted.changed_at <= newest.changed_at
            ) then newest.changed_at
            else '-infinity'
        end as changed_at
    from (select max(known.changed_at) as changed_at from {{ this }} as known) as newest
    {%- else %}
    select '-infinity'::timestamptz as changed_at
    {%- endif %}
)
{%- endmacro %}
