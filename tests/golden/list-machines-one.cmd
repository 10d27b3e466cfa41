list machines zen3
