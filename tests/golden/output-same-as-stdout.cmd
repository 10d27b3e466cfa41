replay -f csv tests/golden/bulk.yaml >"$tmp/1" && "$TLBSIM" replay -o "$tmp/2.csv" tests/golden/bulk.yaml && cmp "$tmp/1" "$tmp/2.csv"
