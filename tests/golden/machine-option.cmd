replay -m caches-everything tests/golden/two-batches.yaml
