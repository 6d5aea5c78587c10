{#-
    Overrides dbt: what a snapshot writes is worked out from the rows that differ only. dbt's own statement carries both
    sides whole through four joins without statistics, most of a daily build at half a million properties; here one
    join finds the rows that are new, changed, gone or back, and dbt's statement gets those.
    dbt asks for the statement twice, hence `if not exists`.
-#}
{% macro postgres__snapshot_staging_table(strategy, source_sql, target_relation) -%}
    {%- set differing_keys = api.Relation.create(identifier=target_relation.identifier ~ '__differing_keys') -%}
    {%- set source_rows = api.Relation.create(identifier=target_relation.identifier ~ '__source_rows') -%}
    {%- set known_rows = api.Relation.create(identifier=target_relation.identifier ~ '__known_rows') -%}
    {%- set keys = strategy.unique_key | join(', ') -%}
    {%- set present = "(select * from " ~ target_relation ~ " where dbt_valid_to is null)" -%}
    {%- set statements -%}
        create temporary table if not exists {{ differing_keys }} as
        select
            {%- for key in strategy.unique_key %}
            coalesce(snapshotted_data.{{ key }}, source_data.{{ key }}) as {{ key }}{{ ',' if not loop.last }}
            {%- endfor %}
        from {{ present }} as snapshotted_data
        full join ({{ source_sql }}) as source_data
            on {% for key in strategy.unique_key -%}
                snapshotted_data.{{ key }} = source_data.{{ key }}{{ ' and ' if not loop.last }}
            {%- endfor %}
        where
            snapshotted_data.{{ strategy.unique_key[0] }} is null
            or source_data.{{ strategy.unique_key[0] }} is null
            or snapshotted_data.dbt_is_deleted = 'True'
            or ({{ strategy.row_changed }});

        create temporary table if not exists {{ known_rows }} as
        select * from {{ present }} as snapshotted_data
        where ({{ keys }}) in (select {{ keys }} from {{ differing_keys }});

        create temporary table if not exists {{ source_rows }} as
        select * from ({{ source_sql }}) as source_data
        where ({{ keys }}) in (select {{ keys }} from {{ differing_keys }});
    {%- endset -%}
    {%- if execute -%}
        {%- do run_query(statements) -%}
    {%- endif -%}
    {{ default__snapshot_staging_table(strategy, 'select * from ' ~ source_rows, known_rows) }}
{%- endmacro %}
