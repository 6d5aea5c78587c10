{#-
    Condition: the row was written after everything that a table already holds, told by the newest time in one of its
    columns. The two bounds matter: for a pair the planner expects one row in 200, as on a day, and uses the index on the
    column; for a single bound it expects a third of the table and reads all of it.
    True for every row while a table of an earlier release has no such column.
    Example: where {{ written_since('changed_at', this, 'updated_at') }}
-#}
{% macro written_since(column, relation, newest_of) -%}
    {%- set columns = adapter.get_columns_in_relation(relation) | map(attribute='name') | list if execute else [] -%}
    {%- if columns and newest_of not in columns -%}
        true
    {%- else -%}
        ({{ column }} > (select coalesce(max(known.{{ newest_of }}), '-infinity') from {{ relation }} as known)
        and {{ column }} < 'infinity')
    {%- endif -%}
{%- endmacro %}
