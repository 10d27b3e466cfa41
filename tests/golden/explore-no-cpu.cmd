explore tests/golden/explore-no-cpu.yaml
