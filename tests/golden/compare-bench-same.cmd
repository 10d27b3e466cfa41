compare --format text tests/golden/bench-base.json tests/golden/bench-base.json
