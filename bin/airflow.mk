.PHONY: airflow airflow-down airflow-e2e test-dags

airflow: setup-all ## a complete local Airflow on the sandbox county, UI on 127.0.0.1:8080
	@bin/airflow up

airflow-down: ## stop the local Airflow and its sandbox county
	@bin/airflow down

airflow-e2e: setup-all ## the whole chain under real services, over the REST API, with both executors
	@bin/airflow-e2e

test-dags: setup-all up ## each DAG run for real, alerts, retention, restore (not part of test)
	@bin/run python -m pytest tests/dags
