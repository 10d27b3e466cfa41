compare --format junit tests/golden/compare-base.json tests/golden/compare-new.json
