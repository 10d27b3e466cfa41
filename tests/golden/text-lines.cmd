replay tests/golden/two-batches.yaml tests/golden/bulk.yaml tests/golden/unsafe-expected.yaml
