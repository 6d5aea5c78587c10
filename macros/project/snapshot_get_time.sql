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
    {%- if execute and load_cached_relation(this) is not none -%}
        greatest(
            {{ run_time }},
            (select max(known.dbt_valid_from) + interval '1 microsecond' from {{ this }} as known)
        )
    {%- else -%}
        {{ run_time }}
    {%- endif -%}
{%- endmacro %}
