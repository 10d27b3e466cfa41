replay --summary workloads/cases/c01-contains-pte.yaml workloads/cases/c10-pin-limit.yaml
