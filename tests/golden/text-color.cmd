replay --color=always tests/golden/unsafe.yaml
