{#- Statute miles (1,609.344 m) as US survey feet (1200/3937 m), the unit of Florida's state planes. -#}
{% macro miles_to_survey_feet(miles) -%}
    ({{ miles }} * 1609.344 * 3937 / 1200)::double precision
{%- endmacro %}


{#- US survey feet as statute miles. -#}
{% macro survey_feet_to_miles(feet) -%}
    ({{ feet }} * 1200 / 3937 / 1609.344)
{%- endmacro %}
