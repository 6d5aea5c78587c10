{#-
    Overrides the adapter, which reads information_schema: PostGIS columns get their real type name instead of
    USER-DEFINED (unit tests and added columns need it), and materialized views have columns too.
-#}
{% macro postgres__get_columns_in_relation(relation) -%}
    {% call statement('get_columns_in_relation', fetch_result=True) %}
        select
            a.attname as column_name,
            pg_catalog.format_type(a.atttypid, a.atttypmod) as data_type,
            null as character_maximum_length,
            null as numeric_precision,
            null as numeric_scale
        from pg_catalog.pg_attribute as a
        inner join pg_catalog.pg_class as r on a.attrelid = r.oid
        inner join pg_catalog.pg_namespace as n on r.relnamespace = n.oid
        where
            r.relname = '{{ relation.identifier }}'
            {% if relation.schema %}
                and n.nspname = '{{ relation.schema }}'
            {% else %}
                -- a temporary table has no schema of its own in dbt
                and r.relpersistence = 't' and pg_catalog.pg_table_is_visible(r.oid)
            {% endif %}
            and a.attnum > 0
            and not a.attisdropped
        order by a.attnum
    {% endcall %}
    {{ return(sql_convert_columns_in_relation(load_result('get_columns_in_relation').table)) }}
{%- endmacro %}
