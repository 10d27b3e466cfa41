replay -o $tmp/a.json tests/golden/bulk.yaml; "$TLBSIM" replay --no-oracle -o $tmp/b.json tests/golden/bulk.yaml; cd $tmp; "$TLBSIM" compare a.json b.json
