compare -t flush.perfomed=1 tests/golden/compare-base.json tests/golden/compare-new.json
