shell - <<E
E
