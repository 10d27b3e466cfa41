compare tests/golden/compare-base.json tests/golden/two-batches.yaml
