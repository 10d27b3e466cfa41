#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# array.sh - a sweep as a Slurm job array:
#
#	job=$(sbatch --parsable --array=1-8 array.sh sweep.yaml out)
#	sbatch --dependency=afterany:$job --wrap \
#		'tlbsim sweep --merge -o out.json out.*.part'
#
# Task I of N writes every N-th cell to OUT.I.part, in a folder that all nodes
# see.  One that is killed or preempted is queued again and goes on where it
# was; one that had finished has nothing left to do.  `scontrol requeue
# JOB_TASK` does that by hand.
#SBATCH --job-name=tlbsim
#SBATCH --requeue
#SBATCH --open-mode=append
exec tlbsim sweep --shard=auto --resume --jobs="${SLURM_CPUS_PER_TASK:-1}" \
	--output="$2.$SLURM_ARRAY_TASK_ID.part" "$1"
