{#-
    Overrides dbt: a contract's table is created without its foreign keys. Declared at creation they would be checked
    row by row, and their lock on the parent is held until the last row is in: every other child waits. The
    post-hook add_foreign_keys checks all rows at once.
-#}
{% macro table_columns_and_constraints() %}
    {%- set column_lines = adapter.render_raw_columns_constraints(raw_columns=model['columns']) -%}
    {%- set constraint_lines = adapter.render_raw_model_constraints(
        raw_constraints=model['constraints'] | rejectattr('type', 'equalto', 'foreign_key') | list
    ) -%}
    (
        {{ (column_lines + constraint_lines) | join(',\n        ') }}
    )
{% endmacro %}
