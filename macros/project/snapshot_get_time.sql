{#-
    When a snapshot's versions begin: the run date at the time of day the run started, New York time, so that
    history reads in run dates. In daily runs that is the time of the run itself. Never before the newest
    version the snapshot has: a re-run of a past day must not turn time back.
-#}
{% macro postgres__snapshot_get_time() -%}
    {%- set clock = run_started_at.astimezone(modules.pytz.timezone('America/New_York')).time() -%}
    {%- set run_time -%}
        (({{ as_of() }} + time '{{ clock.isoformat() }}') at time zone 'America/New_York')
    {%- endset -%}
    {%- set newest = none -%}
    {%- if execute and load_cached_relation(this) is not none -%}
        {#- asked once: dbt repeats the text that comes out of here for every column of time -#}
        {%- call statement('newest_version', fetch_result=true) -%}
            select max(dbt_valid_from) + interval '1 microsecond' from {{ this }}
        {%- endcall -%}
        {%- set newest = load_result('newest_version')['data'][0][0] -%}
    {%- endif -%}
    {%- if newest -%}
        greatest({{ run_time }}, '{{ newest.isoformat() }}'::timestamptz)
    {%- else -%}
        {{ run_time }}
    {%- endif -%}
{%- endmacro %}
