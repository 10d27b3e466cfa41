shell -m nonsense <<E
E
