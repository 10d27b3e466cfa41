shell --policy upstream <<E
 read cpu=0
E
