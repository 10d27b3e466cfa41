generate blkback count=200 segments=1:7,32:3 -o "$tmp/1.yaml.gz" && "$TLBSIM" replay "$tmp/1.yaml.gz" | grep -e avoided -e ops
