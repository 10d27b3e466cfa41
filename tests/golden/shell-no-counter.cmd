shell <<E
expect tlb.wlks=1
E
