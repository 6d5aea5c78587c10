{#- Whether a property takes part in searches by place: a source still holds it, and it has a point. -#}
{% macro is_located() -%}
    is_active and x_feet is not null
{%- endmacro %}
