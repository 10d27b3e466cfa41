replay --no-progress workloads/cases/c09-stray-a.yaml
