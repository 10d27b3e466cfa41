bench --vectors sse
