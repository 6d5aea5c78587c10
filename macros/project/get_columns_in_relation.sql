{#-
    Overrides the adapter: PostGIS columns get their real type name instead of USER-DEFINED, so that
    dbt unit tests and added columns work on tables with geography.
-#}
{% macro postgres__get_columns_in_relation(relation) -%}
    {% call statement('get_columns_in_relation', fetch_result=True) %}
        select
            c.column_name,
            case
                when c.data_type in ('USER-DEFINED', 'ARRAY')
                    then pg_catalog.format_type(a.atttypid, a.atttypmod)
                else c.data_type
            end as data_type,
            c.character_maximum_length,
            c.numeric_precision,
            c.numeric_scale
        from {{ relation.information_schema('columns') }} as c
        inner join pg_catalog.pg_class as r on r.relname = c.table_name
        inner join pg_catalog.pg_namespace as n on n.oid = r.relnamespace and n.nspname = c.table_schema
        inner join pg_catalog.pg_attribute as a on a.attrelid = r.oid and a.attname = c.column_name
        where c.table_name = '{{ relation.identifier }}'
            {% if relation.schema %} and c.table_schema = '{{ relation.schema }}' {% endif %}
        order by c.ordinal_position
    {% endcall %}
    {{ return(sql_convert_columns_in_relation(load_result('get_columns_in_relation').table)) }}
{%- endmacro %}
