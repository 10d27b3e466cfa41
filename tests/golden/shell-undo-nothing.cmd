shell <<E
undo
E
