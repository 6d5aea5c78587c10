{#-
    Overrides dbt: a contract's table gets its rows first, then what the contract demands of them. dbt creates the
    table with its constraints and inserts: no parallel plan, a check and an index entry row by row. Here PostgreSQL
    works out the rows in parallel where it pays, checks all at once and sorts the key once. Same table in the end, in
    the same transaction. Foreign keys come last, by add_foreign_keys: their lock would stop the other marts.
    Config fillfactor: room left on each page, for tables of which a day rewrites many rows in columns without an index:
    the new version of a row stays on its page and needs no index entry (HOT).
    Config jit_when_full: true compiles the query when every row is computed; for the few rows of a day compiling takes
    longer than it saves, and sql_header cannot tell the two apart.
-#}
{% macro postgres__create_table_as(temporary, relation, sql) -%}
    {%- set has_contract = config.get('contract').enforced -%}
    {{ config.get('sql_header') or '' }}
    {%- if config.get('jit_when_full', false) and not is_incremental() %}
    set local jit = on;
    {%- endif %}
    {%- if has_contract %}
    {{ get_assert_columns_equivalent(sql) }}
    {%- endif %}
    create {{ 'temporary' if temporary else ('unlogged' if config.get('unlogged', false)) }} table {{ relation }}
    {%- if config.get('fillfactor') and not temporary %} with (fillfactor = {{ config.get('fillfactor') }}){% endif %} as (
    {%- if has_contract and not temporary %}
        select
        {%- for column in model.columns.values() %}
            {{ column.name }}::{{ column.data_type }} as {{ column.name }}{{ ',' if not loop.last }}
        {%- endfor %}
        from (
            {{ sql }}
        ) as model_rows
    {%- else %}
        {{ sql }}
    {%- endif %}
    );
    {%- if has_contract and not temporary %}
    {{ add_contract_constraints(relation) }}
    {%- endif %}
{%- endmacro %}


{#- Adds the constraints of the model's contract to its new table, except foreign keys. -#}
{% macro add_contract_constraints(relation) -%}
    {%- set changes = [] -%}
    {%- for column in model.columns.values() -%}
        {%- for constraint in column.constraints -%}
            {%- if constraint.type != 'not_null' -%}
                {{ exceptions.raise_compiler_error(
                    model.name ~ '.' ~ column.name ~ ': ' ~ constraint.type ~ ' belongs to the model, not to a column'
                ) }}
            {%- endif -%}
            {%- do changes.append('alter column ' ~ column.name ~ ' set not null') -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set of_table = model.constraints | rejectattr('type', 'equalto', 'foreign_key') | list -%}
    {%- for constraint in adapter.render_raw_model_constraints(raw_constraints=of_table) -%}
        {%- do changes.append('add ' ~ constraint) -%}
    {%- endfor -%}
    {%- if changes %}
    alter table {{ relation }}
        {{ changes | join(',\n        ') }};
    {%- endif %}
{%- endmacro %}
