list machines --check zen4
