replay --policy xs65,xs8 workloads/cases/c04-host-and-device.yaml
