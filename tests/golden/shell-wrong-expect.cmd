shell <<E
expect tlb.walks=few
E
