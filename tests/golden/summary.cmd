replay --summary --color=always --policy upstream,xs65,xs8 workloads/cases/c01-contains-pte.yaml workloads/cases/c02-clear-a.yaml workloads/cases/c10-pin-limit.yaml
