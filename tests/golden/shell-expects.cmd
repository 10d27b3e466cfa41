shell <<E
expect tlb.walks=3
expect tlb.walks=0..1
E
