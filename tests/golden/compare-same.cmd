compare tests/golden/compare-base.json tests/golden/compare-base.json
