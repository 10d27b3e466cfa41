list >/dev/full
