explain --from 5 --to 4 tests/golden/explain.yaml
