explain --from 100 tests/golden/explain.yaml
