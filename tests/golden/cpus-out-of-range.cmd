replay --cpus 65 tests/golden/bulk.yaml
