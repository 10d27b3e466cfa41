generate memory -O count=5 -O pages=700 pattern=uniform
