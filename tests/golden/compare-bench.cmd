compare tests/golden/bench-base.json tests/golden/bench-new.json
