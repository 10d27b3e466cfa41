replay -p upstream,xs8 tests/golden/two-batches.yaml tests/golden/bulk.yaml
