replay -q tests/golden/two-batches.yaml
