explore workloads/explore/ahead-lost-a.yaml -o "$tmp/found.yaml"; cat "$tmp/found.yaml"
