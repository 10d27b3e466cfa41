replay tests/golden/unsafe-expected.yaml
