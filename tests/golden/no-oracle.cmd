replay --no-oracle -p upstream,xs65 workloads/cases/c02-clear-a.yaml
