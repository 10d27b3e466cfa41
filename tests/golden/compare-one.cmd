compare tests/golden/compare-base.json
