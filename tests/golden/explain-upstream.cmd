explain --policy upstream --to 4 workloads/cases/c07-lazy-idle.yaml
