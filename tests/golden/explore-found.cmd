explore workloads/explore/pins-before-flush.yaml -o "$tmp/found.yaml"; cat "$tmp/found.yaml"
