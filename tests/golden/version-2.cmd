replay tests/golden/version-2.yaml
