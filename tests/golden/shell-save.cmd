shell -p xs8 >/dev/null <<E && cat "$tmp/saved.yaml" && "$TLBSIM" replay -q "$tmp/saved.yaml"
map_page domain=0 at=0.. frame=0x10..0x11
read cpu=0 at=0 # the first
read cpu=0 at=0x1000
undo
expect tlb.walks=1 tlb.a_set=1..4
read cpu=0 at=0
save $tmp/saved.yaml
E
