{#-
    A published parcel id as the appraiser's 15 digits (range-township-section-subdivision-block-lot), or
    null when it has not 15 digits. Sources in section-township-range order get digit pairs 1 and 3 swapped;
    the order of each source is a registry setting (loaders/registry.yaml).
    Example: {{ normalize_parcel_id('parcel_id_original', 'parcel_id_order') }}
    Pitfall: digits alone never join tax sales to the roll, and can hit another real parcel.
-#}
{% macro normalize_parcel_id(expression, parcel_id_order) -%}
    {%- set digits -%}translate({{ expression }}, '- ./', ''){%- endset -%}
    case
        when {{ digits }} !~ '^(?!0{15})[0-9]{15}$' then null
        when {{ parcel_id_order }} = 'section-township-range'
            then substr({{ digits }}, 5, 2) || substr({{ digits }}, 3, 2) || substr({{ digits }}, 1, 2)
                || substr({{ digits }}, 7)
        else {{ digits }}
    end
{%- endmacro %}
