shell <<E
map_page domain=0 at=0.. frame=0x3fff..0x4000
E
