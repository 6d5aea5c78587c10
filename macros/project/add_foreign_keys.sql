{#-
    Post-hook of marts: add the foreign keys that the contract declares and the table lacks, in the transaction
    that made it. An orphan row makes the model fail here, which is what we want.
-#}
{% macro add_foreign_keys() -%}
    {{ return(missing_foreign_keys(model, this)) if execute }}
{%- endmacro %}


{#-
    on-run-end: the same for every mart. A rebuild of a parent drops, by cascade, the keys that point at it; the
    children are not rebuilt in that run.
-#}
{% macro ensure_foreign_keys() %}
    {%- if not execute or flags.WHICH not in ('run', 'build') -%}
        {{ return('select 1') }}
    {%- endif -%}
    {%- set statements = ['select 1;'] -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.config.enabled -%}
        {%- set child = api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias) -%}
        {%- do statements.append(missing_foreign_keys(node, child)) -%}
    {%- endfor -%}
    {{ return(statements | join('\n')) }}
{% endmacro %}


{#- Statements that add what a contract's table lacks; nothing where a table does not exist yet. -#}
{% macro missing_foreign_keys(node, child) %}
    {%- set statements = [] -%}
    {%- for constraint in node.constraints if constraint.type == 'foreign_key' -%}
        {%- set parent = referenced_relation(constraint.to) -%}
        {%- set name = ('fk_' ~ node.alias ~ '__' ~ constraint.columns | join('_'))[:63] -%}
        {%- set statement -%}
do $fk$
begin
    if to_regclass('{{ child }}') is not null and to_regclass('{{ parent }}') is not null
        and not exists (
            select 1
            from pg_catalog.pg_constraint as c
            where c.contype = 'f' and c.conrelid = to_regclass('{{ child }}')
                and c.confrelid = to_regclass('{{ parent }}')
        )
    then
        alter table {{ child }} add constraint {{ adapter.quote(name) }}
            foreign key ({{ constraint.columns | join(', ') }})
            references {{ parent }} ({{ constraint.to_columns | join(', ') }});
    end if;
end $fk$;
        {%- endset -%}
        {%- do statements.append(statement) -%}
    {%- endfor -%}
    {{ return(statements | join('\n')) }}
{% endmacro %}


{#- The relation behind a contract's `to: ref('x')`: text before dbt has compiled the child, a relation after. -#}
{% macro referenced_relation(to) %}
    {%- set found = modules.re.match("ref\\(\\s*['\"]([^'\"]+)['\"]", to) -%}
    {%- if not found -%}{{ return(to) }}{%- endif -%}
    {%- for parent in graph.nodes.values() if parent.resource_type == 'model' and parent.name == found.group(1) -%}
        {{ return(api.Relation.create(database=parent.database, schema=parent.schema, identifier=parent.alias) | string) }}
    {%- endfor -%}
{% endmacro %}
