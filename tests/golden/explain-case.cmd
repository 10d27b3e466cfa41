explain workloads/cases/c07-lazy-idle.yaml
