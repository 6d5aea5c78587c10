{#-
    The run date as a SQL date literal: var as_of, else environment AS_OF, else today in New York.
    Example: where sale_date >= {{ as_of() }}
    Pitfall: never write current_date in a model; a re-run of yesterday would score today.
-#}
{% macro as_of() -%}
    {#- not while parsing: dbt would parse again, each day, what reads a variable that differs -#}
    {%- set given = var('as_of', none) or (env_var('AS_OF', '') if execute) -%}
    {%- if given -%}
        {%- set day = modules.datetime.datetime.strptime(given | string, '%Y-%m-%d').date() -%}
    {%- else -%}
        {%- set new_york = modules.pytz.timezone('America/New_York') -%}
        {%- set day = run_started_at.astimezone(new_york).date() -%}
    {%- endif -%}
    date '{{ day.isoformat() }}'
{%- endmacro %}
