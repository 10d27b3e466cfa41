compare --format json tests/golden/compare-base.json tests/golden/compare-new.json
