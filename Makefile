# `make help` lists the targets. Each does its own set-up; settings: .env.example.
.DEFAULT_GOAL := help
.PHONY: help setup setup-all demo test bench up down status url psql load live build leads check lint clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "Settings: .env.example. Options of demo: PARCELS=5000 DAY=0 AS_OF=YYYY-MM-DD RECORDED=DIR PGDATABASE=name"

demo: ## everything from nothing to ranked leads, on a generated county
	@bin/demo

test: setup-all ## lint, parse, dbt tests and pytest, in databases of their own
	@bin/check-all

bench: ## county size measured beside floors of the same run (SIZE=500000 KEEP=1 SAVE=0 PLANS=1 ONLY=growth)
	@bin/bench

up: setup ## start the database server and bring the database up to date
	@bin/postgres up
	@bin/init-db

down: ## stop the project's database server
	@bin/postgres down

status: ## the server, and the last loads with their age
	@bin/postgres status
	@bin/run python -m loaders status

url: ## print the libpq URL in use
	@bin/env --url

psql: up ## open psql on the database in use
	@bin/run psql

load: up ## load all sources (from SANDBOX_URL if set, else from the counties)
	@bin/load

live: up ## load from the public endpoints of the registry
	@bin/load --live

build: up ## dbt build: seeds, models, snapshots and all their tests
	@bin/run dbt build

leads: up ## show leads per tier and the ten best
	@bin/run python -m loaders leads

check: up ## ask each public source for its fields and count
	@bin/run python -m loaders check

lint: setup-all ## ruff, sqlfluff and a strict dbt parse
	@bin/lint

clean: ## stop the server and remove its data and all working files (asks; FORCE=1 does not)
	@bin/clean

setup:
	@bin/install

setup-all:
	@bin/install all

include bin/airflow.mk
