explore --schedules 5 workloads/explore/exchange.yaml
