compare tests/golden/compare-base.json tests/golden/compare-elsewhere.json
