replay -v -p xs8 tests/golden/two-batches.yaml
