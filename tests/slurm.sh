# SPDX-License-Identifier: GPL-2.0-or-later
#
# slurm.sh - a sweep as a job array of a Slurm cluster of one node: a task is
# killed, queued again, and goes on where it was; the parts are merged to what
# a single run gives.
#
# The cluster is made here and lives in a temporary folder: munged, slurmctld
# and slurmd, on ports of their own, as root and without control groups.

# skip WHY: aloud.
skip()
{
	echo "slurm.sh: SKIPPED: $1" >&2
	echo "1..0 # SKIP $1"
	exit
}

for program in munged slurmctld slurmd sbatch scontrol squeue; do
	PATH=$PATH:/usr/sbin command -v $program >/dev/null ||
		skip "no $program"
done
[ "$(id -u)" = 0 ] || skip 'not root: no cluster can be made'
. "$top_srcdir/tests/tap.sh"
PATH=$PATH:/usr/sbin

tmp=$(mktemp -d)
pids=

# Newest first: slurmd, slurmctld, munged; none of them forks away.
clean_up()
{
	[ -z "${job-}" ] || scancel --quiet "$job" 2>/dev/null
	for pid in $pids; do
		kill "$pid" 2>/dev/null
	done
	sleep 1
	for pid in $pids; do
		kill -KILL "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	rm -rf "$tmp"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

# start PROGRAM ARGUMENT...: a daemon.
start()
{
	"$@" >"$tmp/$1.log" 2>&1 &
	pids="$! $pids"
}

# within SECONDS COMMAND...: it succeeds before they are over.
within()
{
	end=$(($(date +%s) + $1))
	shift
	until "$@"; do
		[ "$(date +%s)" -lt "$end" ] || return 1
		sleep .05
	done
}

# ---- a cluster ---------------------------------------------------------
host=$(hostname -s)
port=$((20000 + $$ % 20000))
mkdir "$tmp/state" "$tmp/spool" "$tmp/bin" "$tmp/work"
chmod 755 "$tmp"
ln -s "$TLBSIM" "$tmp/bin/tlbsim"
head -c 1024 /dev/urandom >"$tmp/munge.key"
chmod 400 "$tmp/munge.key"
cat >"$tmp/slurm.conf" <<END
ClusterName=tlbsim
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
SlurmctldPort=$port
SlurmdPort=$((port + 1))
AuthType=auth/munge
# A task that is queued again waits for its credential to run out.
AuthInfo=socket=$tmp/munge.socket,cred_expire=5
StateSaveLocation=$tmp/state
SlurmdSpoolDir=$tmp/spool
SlurmctldPidFile=$tmp/slurmctld.pid
SlurmdPidFile=$tmp/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
ReturnToService=2
JobRequeue=1
KillWait=2
SchedulerParameters=sched_min_interval=100000,batch_sched_delay=0
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=main Nodes=$host Default=YES MaxTime=10 State=UP
END
SLURM_CONF=$tmp/slurm.conf
PATH=$tmp/bin:$PATH
export SLURM_CONF PATH

node_is_idle()
{
	[ "$(sinfo -h -o %t 2>/dev/null)" = idle ]
}

start munged --foreground --force --key-file="$tmp/munge.key" \
	--socket="$tmp/munge.socket" --pid-file="$tmp/munge.pid" \
	--log-file="$tmp/munge.log" --seed-file="$tmp/munge.seed"
within 10 test -S "$tmp/munge.socket"
start slurmctld -D -f "$tmp/slurm.conf"
start slurmd -D -f "$tmp/slurm.conf" -N "$host"
if ! within 20 node_is_idle; then
	tail -n 5 "$tmp"/*.log | sed 's/^/# /'
	skip 'no cluster starts here'
fi

# ---- a sweep, in one piece and as an array ------------------------------
cd "$tmp/work" || exit 1
long=30000
grep -qs '^#define ENABLE_CHECKS' "$top_builddir/config.h" && long=400
cat >disk.yaml <<END
tlbsim: 1
title: a disk
cpus: 2
domains:
  - {id: 0, name: dom0, hardware: true, memory: 64M}
  - {id: 1, name: guest, memory: 64M}
blkback: {driver: modern, generate: {count: $long, segments: 11}}
END
cat >sweep.yaml <<'END'
sweep: 1
traces: [disk.yaml]
policies: [upstream, xs8]
parameters: {seed: [1..20]}
END
tlbsim sweep -o one.json sweep.yaml

# Cells of task 2 that are done.
done_cells()
{
	[ -f out.2.part.journal ] && wc -l <out.2.part.journal || echo 0
}

has_begun()
{
	[ "$(done_cells)" -ge 3 ]
}

state()
{
	scontrol show job "$1" 2>/dev/null | sed -n 's/.*JobState=\([A-Z]*\).*/\1/p'
}

has_failed()
{
	[ "$(state "${job}_2")" = FAILED ]
}

others_are_done()
{
	[ -f out.1.part ] && [ -f out.3.part ] && [ -f out.4.part ]
}

all_are_done()
{
	[ -z "$(squeue -h -j "$job" 2>/dev/null)" ] && [ -f out.2.part ]
}

kill_task()
{
	within 30 has_begun || return 1
	kill -KILL "$(pgrep -f -- "tlbsim sweep .*--output=out.2.part")"
	within 20 has_failed
}

merge()
{
	tlbsim sweep --merge -o merged.json out.*.part
}

job=$(sbatch --parsable --array=1-4 -o 'task-%a.log' \
	"$top_srcdir/workloads/sweeps/array.sh" sweep.yaml out)
check 'the array is taken' test -n "$job"
check 'a task is killed in the middle of its cells' kill_task
check '... and leaves a journal and no part' \
	test -f out.2.part.journal -a ! -e out.2.part
check 'the others come to their ends' within 60 others_are_done
check '... without it nothing is merged' sh -c '
	tlbsim sweep --merge -o merged.json out.*.part 2>err
	[ $? = 3 ] && [ ! -e merged.json ] &&
		[ "$(cat err)" = "tlbsim: shard 2/4 is missing" ]'
before=$(done_cells)
head -n "$before" out.2.part.journal | sort >before
check 'it is queued again' scontrol requeue "${job}_2"
check 'all tasks come to their ends' within 60 all_are_done
check 'what it had done is not done again' sh -c '
	sort out.2.part | comm -23 before - | grep . && exit 1
	[ "$(wc -l <before)" -gt 2 ]'
check 'the parts are merged' merge
check '... to the bytes of a single run' cmp one.json merged.json
check 'the logs of the tasks are empty but for the kill' sh -c '
	! cat task-*.log | grep -v -i -e kill -e slurm | grep .'
done_testing
