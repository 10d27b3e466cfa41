replay tests/golden/two-batches.yaml
