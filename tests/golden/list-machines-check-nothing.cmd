list machines --check caches-nothing
