explain --color always --from 3 --to 4 tests/golden/explain.yaml
