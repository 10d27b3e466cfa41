replay tests/golden/rejected-no-operations.yaml
