{#- A folder's +schema is the schema, without dbt's default prefix: every tool names the same schemas. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- if custom_schema_name is not none -%}
        {{ custom_schema_name | trim }}
    {%- elif node.resource_type in ('model', 'seed', 'snapshot') -%}
        {{ exceptions.raise_compiler_error(node.name ~ ": its folder has no +schema in dbt_project.yml") }}
    {%- else -%}
        {{ target.schema }}
    {%- endif -%}
{%- endmacro %}
