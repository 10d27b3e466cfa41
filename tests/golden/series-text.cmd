replay --series tests/golden/bulk.yaml
