{#- Snapshot times with time zone; the adapter's default drops it. -#}
{% macro postgres__snapshot_get_time() -%}
    {{ current_timestamp() }}
{%- endmacro %}
