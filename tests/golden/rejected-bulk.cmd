replay tests/golden/rejected-bulk.yaml
