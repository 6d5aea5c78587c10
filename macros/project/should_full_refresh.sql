{#-
    Overrides dbt: --full-refresh computes every row of a mart again and writes what differs, in place. dbt's own
    way drops the table with cascade, and with it every view, materialized view and foreign key on it that is not
    part of the run. For a changed type or a removed column that way is left:
    dbt build --full-refresh --vars 'rebuild: true' -s the_model+
-#}
{% macro should_full_refresh() %}
    {%- set stays_in_place = config.get('materialized') in ('incremental', 'view_in_place') -%}
    {{ return(is_full_refresh_asked() and (var('rebuild', false) or not stays_in_place)) }}
{% endmacro %}


{#- Overrides dbt: false too while a full refresh in place computes every row. -#}
{% macro is_incremental() %}
    {%- if not execute or model.config.materialized != 'incremental' -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set existing = load_cached_relation(this) -%}
    {{ return(existing is not none and existing.type == 'table' and not is_full_refresh_asked()) }}
{% endmacro %}


{#- The flag --full-refresh, or a model's own `full_refresh`, which wins. -#}
{% macro is_full_refresh_asked() %}
    {%- set of_model = config.get('full_refresh') -%}
    {{ return(flags.FULL_REFRESH if of_model is none else of_model) }}
{% endmacro %}
