shell <<E
save no-such-folder.d/x.yaml
E
