replay tests/golden/rejected.yaml
