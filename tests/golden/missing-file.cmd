replay tests/golden/no-such-file.yaml
