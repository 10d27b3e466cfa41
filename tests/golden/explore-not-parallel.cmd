explore workloads/cases/v03-exchange.yaml
