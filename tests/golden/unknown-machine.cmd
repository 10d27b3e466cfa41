replay --machine zen6 tests/golden/bulk.yaml
