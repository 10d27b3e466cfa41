replay workloads/*.yaml
