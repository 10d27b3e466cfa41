shell workloads/lessons/l11-grant-map-touch-unmap.yaml <<E
undo
history
E
