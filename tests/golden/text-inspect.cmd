replay tests/golden/bulk.yaml
