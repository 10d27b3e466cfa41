replay --tap -p upstream,xs8 tests/golden/two-batches.yaml tests/golden/expects-too-much.yaml
