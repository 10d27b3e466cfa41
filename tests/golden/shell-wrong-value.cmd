shell <<E
read cpu=7 at=0
E
