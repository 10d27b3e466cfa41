shell <<E
help map
help mmu_update
help expect
E
