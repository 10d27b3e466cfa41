explore --speculate=1 tests/golden/explore-ahead-pages.yaml
