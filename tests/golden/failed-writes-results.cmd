replay -o "$tmp/r.csv" tests/golden/expects-too-much.yaml; echo $?; cut -d, -f1-3 "$tmp/r.csv"
