replay --usage
