compare --format text tests/golden/compare-base.json tests/golden/compare-new.json
