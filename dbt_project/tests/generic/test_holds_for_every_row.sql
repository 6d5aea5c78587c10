{#- A condition that must be true for every row. Arguments: expression, a SQL condition. -#}
{% test holds_for_every_row(model, expression) %}
select *
from {{ model }}
where ({{ expression }}) is not true
{% endtest %}
