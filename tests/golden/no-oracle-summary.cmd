replay --no-oracle --summary --no-progress workloads/cases/c02-clear-a.yaml
