explore workloads/explore/exchange.yaml
