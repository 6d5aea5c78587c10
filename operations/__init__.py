"""What Airflow's tasks do besides loading and dbt: alerts, retention, quality and health checks."""
