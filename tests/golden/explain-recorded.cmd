explain --from 500 --to 503 workloads/recorded/np2.yaml.gz
