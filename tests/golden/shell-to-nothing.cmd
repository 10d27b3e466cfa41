shell --to 2 <<E
E
