{#- The run date (New York) on which a snapshot version began or ended. Example: {{ run_date_of('dbt_valid_from') }} -#}
{% macro run_date_of(timestamp) -%}
    ({{ timestamp }} at time zone 'America/New_York')::date
{%- endmacro %}


{#- When a run date begins (New York). Example: {{ start_of_run_date('snapshot_date') }} -#}
{% macro start_of_run_date(day) -%}
    (({{ day }})::timestamp at time zone 'America/New_York')
{%- endmacro %}
