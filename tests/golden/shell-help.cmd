shell <<E
help
E
