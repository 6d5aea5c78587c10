-- One row: the date of the newest run. Materialized views read it here, their own SQL keeps no date.
select {{ as_of() }} as run_date
