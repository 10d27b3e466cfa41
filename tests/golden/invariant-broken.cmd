replay tests/golden/unsafe.yaml
