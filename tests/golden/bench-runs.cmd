bench --runs 0
