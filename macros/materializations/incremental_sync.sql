{#-
    incremental_strategy='sync': make the table equal to the model's result, writing only what differs.
    Readers, foreign keys and indexes survive; an unchanged run writes nothing.

    Config:
      unique_key    list of key columns
      sync_ignore   columns that describe the writing itself (default created_at, updated_at): not compared,
                    written with a row whose content changed; created_at is written once
      sync_keys     a model with every key that should exist, for models that select changed rows only;
                    default: the model's own result
      sync_where    a condition on the columns of sync_keys, a table whose rows are never deleted: the keys of
                    those rows should exist, the keys of the others should not. Removing the few others is much
                    cheaper than comparing all keys
      sync_gone     a condition on the columns of the result, for models that select changed rows and name those to
                    remove: rows that meet it are removed from the table, and nothing else is. A full run, whose
                    result is complete, removes what it lacks
      sync_delete   false: never delete (parents of foreign keys flag rows instead)
    Pitfall: a model that returns no rows while the table has some is refused, it never empties a table.
-#}
{% macro get_incremental_sync_sql(arg_dict) %}
    {%- set target = arg_dict['target_relation'] -%}
    {%- set source = arg_dict['temp_relation'] -%}
    {%- set keys = arg_dict['unique_key'] -%}
    {%- set columns = arg_dict['dest_columns'] | map(attribute='name') | list -%}
    {%- set ignored = config.get('sync_ignore', ['created_at', 'updated_at']) -%}
    {%- set compared = columns | reject('in', keys) | reject('in', ignored) | list -%}
    {%- set updated = columns | reject('in', keys) | reject('equalto', 'created_at') | list -%}
    {%- set gone = config.get('sync_gone') if is_incremental() -%}
    {%- set same_key -%}
        {%- for key in keys %}t.{{ key }} = s.{{ key }}{{ ' and ' if not loop.last }}{% endfor -%}
    {%- endset -%}

    merge into {{ target }} as t
    using {{ source }} as s
    on {{ same_key }}
    {%- if gone %}
    when matched and s.{{ gone }} then delete
    {%- endif %}
    {%- if compared %}
    when matched and (
        {% for column in compared %}t.{{ adapter.quote(column) }}{{ ', ' if not loop.last }}{% endfor %}
    ) is distinct from (
        {% for column in compared %}s.{{ adapter.quote(column) }}{{ ', ' if not loop.last }}{% endfor %}
    ) then update set
        {% for column in updated -%}
        {{ adapter.quote(column) }} = s.{{ adapter.quote(column) }}{{ ', ' if not loop.last }}
        {% endfor %}
    {%- endif %}
    when not matched {{ 'and (s.' ~ gone ~ ') is not true' if gone }} then
        insert ({% for column in columns %}{{ adapter.quote(column) }}{{ ', ' if not loop.last }}{% endfor %})
        values ({% for column in columns %}s.{{ adapter.quote(column) }}{{ ', ' if not loop.last }}{% endfor %});

    {% if config.get('sync_delete', true) and not gone and not flags.EMPTY %}
        {%- set keys_model = config.get('sync_keys') -%}
        {%- set sync_where = config.get('sync_where') -%}
        {%- set listed = ref(keys_model) if keys_model else source -%}
        {%- set complete = '(select * from ' ~ listed ~ ' where ' ~ (sync_where or 'true') ~ ')' -%}
    do $sync$
    begin
        {%- if not config.get('sync_may_empty', false) %}
        if exists (select from {{ target }}) and not exists (select from {{ complete }} as s) then
            raise exception 'sync of {{ target }} refused: {{ listed }} has no rows for it, the table has some';
        end if;
        {%- endif %}
        {%- if sync_where %}
        delete from {{ target }} as t
        using (select * from {{ listed }} where ({{ sync_where }}) is not true) as s
        where {{ same_key }};
        {%- else %}
        -- every key that should exist is in the table by now: as many rows are the same rows
        if (select count(*) from {{ complete }} as s) <> (select count(*) from {{ target }}) then
            delete from {{ target }} as t
            where not exists (select from {{ complete }} as s where {{ same_key }});
        end if;
        {%- endif %}
    end $sync$;
    {% endif %}
{% endmacro %}
