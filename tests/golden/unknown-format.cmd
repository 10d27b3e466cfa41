replay --format jsn tests/golden/bulk.yaml
