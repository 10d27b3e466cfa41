replay --policy all tests/golden/two-batches.yaml
