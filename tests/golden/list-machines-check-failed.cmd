list machines --check "$top_srcdir/tests/machines/zen4-small.yaml"
