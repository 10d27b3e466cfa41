compare -v -t cycles=1% --color=always tests/golden/compare-base.json tests/golden/compare-new.json
