{#- The run date (New York) on which a snapshot version began or ended. Example: {{ run_date_of('dbt_valid_from') }} -#}
{% macro run_date_of(timestamp) -%}
    ({{ timestamp }} at time zone 'America/New_York')::date
{%- endmacro %}
