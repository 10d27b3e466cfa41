explore --depth 3 workloads/explore/exchange.yaml
