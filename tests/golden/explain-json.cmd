explain --format json --from 3 --to 5 tests/golden/explain.yaml
