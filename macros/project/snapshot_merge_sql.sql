{#-
    Overrides dbt: a version that ends is found by its key, for which there is an index. dbt looks for its dbt_scd_id,
    and so reads the whole history each day. The known rows are those of macro snapshot_staging_table.
-#}
{% macro postgres__snapshot_merge_sql(target, source, insert_cols) -%}
    {%- set known_rows = api.Relation.create(identifier=target.identifier ~ '__known_rows') -%}
    {%- set keys = config.get('unique_key') -%}
    update {{ target }} as present
    set dbt_valid_to = ended.dbt_valid_to
    from (
        select
            {% for key in keys %}known.{{ key }}, {% endfor -%}
            known.dbt_scd_id,
            written.dbt_valid_to
        from {{ source }} as written
        inner join {{ known_rows }} as known on written.dbt_scd_id = known.dbt_scd_id
        where written.dbt_change_type in ('update', 'delete')
    ) as ended
    where
        {% for key in keys %}present.{{ key }} = ended.{{ key }} and {% endfor -%}
        present.dbt_scd_id = ended.dbt_scd_id
        and present.dbt_valid_to is null;

    insert into {{ target }} ({{ insert_cols | join(', ') }})
    select {{ insert_cols | join(', ') }} from {{ source }} as written
    where written.dbt_change_type = 'insert';
{%- endmacro %}
