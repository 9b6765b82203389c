# Each target sets up what it misses and says so. The work is in scripts/.
.PHONY: help demo demo-reset dev test test-browser lint fmt sqlx bench bench-scale clean-data

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' $(MAKEFILE_LIST) | expand -t 14

demo: ## the whole portal on http://127.0.0.1:3000, with a seeded company
	@scripts/demo

demo-reset: ## the same, forgetting what was done there before
	@scripts/demo --reset

dev: ## a debug build, built again at every change
	@scripts/dev

test: ## all tests
	@scripts/test

test-browser: ## only the journeys in a browser
	@scripts/test browser

lint: ## format, lints for server and browser, checked SQL, dependencies
	@scripts/lint

fmt: ## write the format that lint asks for
	@scripts/setup lint
	@cargo fmt --all

sqlx: ## write the checked SQL (server/store/.sqlx) anew
	@scripts/sqlx prepare

bench: ## measure
	@scripts/bench

bench-scale: ## measure on 200,000 products and 1,000,000 orders
	@scripts/bench-scale

clean-data: ## delete the databases of this checkout
	@scripts/pg reset
	@BUYERDESK_PG=test scripts/pg reset
	@rm -rf .data
