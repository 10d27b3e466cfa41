replay --policy xs65,xs8 workloads/cases/c03-left-behind.yaml
