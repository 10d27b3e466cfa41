shell <<E
read cpu=0 at=0

  raed cpu=0
read cpu=0 at=0
E
