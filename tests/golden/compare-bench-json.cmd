compare -f json -t 5% tests/golden/bench-base.json tests/golden/bench-new.json
