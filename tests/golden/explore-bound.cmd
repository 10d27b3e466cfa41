explore --preemptions 0 workloads/explore/exchange.yaml
