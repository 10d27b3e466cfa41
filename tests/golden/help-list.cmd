list -h
