replay --format csv -p upstream,xs65 tests/golden/unsafe.yaml tests/golden/two-batches.yaml
