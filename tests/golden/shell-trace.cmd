shell --to 2 workloads/lessons/l02-hit-hides-a-change.yaml <<E
show tlb
read cpu=0 at=0xffff880000000000
history
E
