shell <<E
show me
E
