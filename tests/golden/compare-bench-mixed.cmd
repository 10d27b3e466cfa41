compare tests/golden/bench-base.json tests/golden/compare-base.json
