compare --format markdown tests/golden/compare-base.json tests/golden/compare-new.json
