{#-
    The text that stands for {value} in a reason template, by the rule's value_format: money, count, percent,
    percent_2, miles, date. Rounds half up. Empty text without a format, so that a template needs no value.
    Example: {{ format_reason_value('163.4', 'null::date', "'percent'") }} gives 163%
-#}
{% macro format_reason_value(value, day, value_format) -%}
    case {{ value_format }}
        when 'money' then '$' || to_char(round({{ value }}), 'FM999,999,999,990')
        when 'count' then to_char(round({{ value }}), 'FM999,999,999,990')
        when 'percent' then to_char(round({{ value }}), 'FM999,999,990') || '%'
        when 'percent_2' then to_char(round({{ value }}, 2), 'FM999,999,990.00') || '%'
        when 'miles' then to_char(round({{ value }}, 2), 'FM990.00')
        when 'date' then to_char({{ day }}, 'YYYY-MM-DD')
        else ''
    end
{%- endmacro %}
