replay tests/golden/not-yaml.yaml
