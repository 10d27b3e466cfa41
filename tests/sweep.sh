# SPDX-License-Identifier: GPL-2.0-or-later
#
# sweep.sh - a sweep gives the same bytes on one core and on many, in one
# piece and in parts, undisturbed and killed at any moment.
. "$top_srcdir/tests/tap.sh"

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1

sweep()
{
	"$TLBSIM" sweep "$@"
}

# exits WANTED COMMAND...
exits()
{
	wanted=$1
	shift
	"$@"
	got=$?
	[ "$got" = "$wanted" ] && return
	echo "exit status $got, wanted $wanted"
	return 1
}

# says TEXT FILE: it does, as a part of a line.
says()
{
	grep -qF -e "$1" "$2" && return
	cat "$2"
	return 1
}

cat >disk.yaml <<'END'
tlbsim: 1
title: a disk
cpus: 2
domains:
  - {id: 0, name: dom0, hardware: true, memory: 64M}
  - {id: 1, name: guest, memory: 64M}
blkback: {driver: modern, generate: {count: 200, segments: 11}}
END
sed 's/a disk/another/; s/segments: 11/segments: 4/' disk.yaml >other.yaml
cat >s.yaml <<'END'
sweep: 1
traces: [disk.yaml, 'oth*.yaml']
machines: [ivybridge-ep, zen5]
policies: [upstream, xs8]
parameters:
  blkback.generate.depth: [1, 8, 32]
  quirks: [[], [stray-a]]
exclude:
  - {machine: zen5, quirks: [[stray-a]]}
END
cells=36

# ---- cores -------------------------------------------------------------
for suffix in json jsonl csv txt; do
	sweep -j1 -o "one.$suffix" s.yaml
	for jobs in 2 5; do
		sweep "-j$jobs" -o many.$suffix s.yaml
		check "$suffix on $jobs threads" cmp one.$suffix many.$suffix
	done
done
check 'nothing else is left behind' \
	sh -c '! ls *.journal *.tmp* 2>/dev/null | grep .'
check 'every cell has a result' [ "$(wc -l <one.jsonl)" = $cells ]
check 'stdout as the file' sh -c "'$TLBSIM' sweep s.yaml | cmp - one.txt"
mkdir -p elsewhere
check 'the same from elsewhere' sh -c "
	cd elsewhere && '$TLBSIM' sweep -f json ../s.yaml | cmp - ../one.json"
check 'compare takes it' exits 0 "$TLBSIM" compare one.json one.jsonl
check 'runs differ by their parameters' sh -c "
	sed 's/\"performed\":[0-9]*/\"performed\":999999/' one.jsonl >worse.jsonl
	'$TLBSIM' compare one.jsonl worse.jsonl |
		grep -qF 'with {\"blkback.generate.depth\":32,\"quirks\":\"[stray-a]\"}'"
check 'the list has each number' sh -c "
	'$TLBSIM' sweep --list s.yaml | awk 'NR > 1 { print \$1 }' >got
	seq $cells | cmp - got"

# As replay has it, where nothing is set.
cat >plain.yaml <<'END'
sweep: 1
traces: [disk.yaml]
policies: [xs8]
END
check 'a cell is a run of replay' sh -c "
	'$TLBSIM' sweep -f json plain.yaml >got &&
	'$TLBSIM' replay -p xs8 -f json disk.yaml | cmp - got"

# ---- cells that fail ---------------------------------------------------
cat >fails.yaml <<'END'
sweep: 1
traces: [disk.yaml, expects.yaml, broken.yaml, other.yaml]
END
{ cat disk.yaml; echo 'expect: {grant.map_ops: 1}'; } >expects.yaml
echo 'tlbsim: 1
evnts: []' >broken.yaml
check 'a broken trace: the highest status' \
	exits 3 sh -c "'$TLBSIM' sweep -o f.jsonl fails.yaml 2>err"
check '... and its cell is named' says \
	'tlbsim: cell 3 (broken.yaml) was rejected' err
check '... with what is wrong' says \
	"broken.yaml:2:1: unknown key 'evnts' (did you mean 'events'?)" err
check 'an expectation: its cell is named' says \
	'tlbsim: cell 2 (expects.yaml) failed' err
check 'the others go on' [ "$(wc -l <f.jsonl)" = 3 ]
sed 's/, broken.yaml//' fails.yaml >expect.yaml
check 'an expectation that fails' \
	exits 1 sh -c "'$TLBSIM' sweep -q expect.yaml 2>err"
echo 'expect: none' >>expect.yaml
check 'expectations can be left alone' exits 0 sweep -q expect.yaml
check 'stderr is the same on two threads' sh -c "
	'$TLBSIM' sweep -j1 -q fails.yaml 2>one.err
	'$TLBSIM' sweep -j4 -q fails.yaml 2>many.err
	cmp one.err many.err"
check 'a broken sweep' exits 3 sweep disk.yaml
check 'no sweep' exits 4 sweep none.yaml
check 'no output' exits 4 sweep -o none/x.json s.yaml
check 'two sweeps' exits 2 sweep s.yaml plain.yaml

# ---- journals ----------------------------------------------------------

# lines FILE
lines()
{
	if [ -f "$1" ]; then wc -l <"$1"; else echo 0; fi
}

# A sweep that takes long enough to be ended.
long=4000
grep -qs '^#define ENABLE_CHECKS' "$top_builddir/config.h" && long=300
sed "s/count: 200/count: $long/" disk.yaml >slow.yaml
sed 's/^traces:.*/traces: [slow.yaml]/' s.yaml >slow.sweep
sweep -o slow.json slow.sweep

# end_at SIGNAL CELLS: ends a run with -o out.json after that many cells.
end_at()
{
	"$TLBSIM" sweep -j2 --restart -o out.json slow.sweep 2>err &
	pid=$!
	while [ "$(lines out.json.journal)" -le "$2" ] &&
		kill -0 $pid 2>/dev/null; do
		sleep .02
	done
	kill "-$1" $pid
	wait $pid
}

# The rest runs, and no more; then all is as it was never ended.
goes_on()
{
	[ ! -e out.json ] || return 1
	before=$(lines out.json.journal)
	cp out.json.journal before 2>/dev/null
	"$TLBSIM" sweep -j2 --resume --progress -o out.json slow.sweep 2>err || return 1
	! grep -v 'cells, 0 failed' err || return 1
	[ "$before" -gt 1 ] && [ ! -e out.json.journal ] &&
		cmp slow.json out.json
}

for at in 1 4 9; do
	rm -f out.json
	end_at KILL $at 2>/dev/null
	check "killed after $at cells: resumed" goes_on
done

# Back to what it was before it was resumed.
cp before ended
again()
{
	rm -f out.json
	cp ended out.json.journal
}

again
check 'an unfinished run is not overwritten' \
	exits 2 sh -c "'$TLBSIM' sweep -o out.json slow.sweep 2>err"
check '... but told of' says '--resume goes on with it' err
check '... and still there' cmp ended out.json.journal
for cut in 1 40 3000; do
	again
	truncate -s "-$cut" out.json.journal
	check "a last line torn by $cut bytes" goes_on
done
again
head -c 20 ended >out.json.journal
check 'a torn first line' sh -c "
	'$TLBSIM' sweep --resume -o out.json slow.sweep && cmp slow.json out.json"
again
sed '3s/"cell":/"cull":/' ended >out.json.journal
check 'a damaged line' sh -c "
	'$TLBSIM' sweep --resume -o out.json slow.sweep 2>err && cmp slow.json out.json"
check '... is told of' says 'out.json.journal:3: a damaged line' err
again
echo 'some text' >out.json.journal
check 'no journal at all' \
	exits 3 sh -c "'$TLBSIM' sweep --resume -o out.json slow.sweep 2>err"

# changed WHAT: a run is not resumed.
changed()
{
	exits 3 sh -c "'$TLBSIM' sweep --resume -o out.json slow.sweep 2>err" &&
		says "$1" err && [ ! -e out.json ] &&
		cmp ended out.json.journal
}

again
cp slow.sweep keep
echo '# a comment' >>slow.sweep
check 'a comment changes nothing' goes_on
again
sed -i 's/8, 32/8, 16/' slow.sweep
check 'a changed sweep is refused' changed 'the sweep has changed'
mv keep slow.sweep
cp slow.yaml keep
sed -i 's/segments: 11/segments: 12/' slow.yaml
check 'a changed trace is refused' changed "trace 'slow.yaml' has changed"
mv keep slow.yaml
check '... and forgotten if asked' sh -c "
	'$TLBSIM' sweep --restart -o out.json slow.sweep && cmp slow.json out.json"
rm -f out.json
end_at TERM 3 2>/dev/null
status=$?
check 'SIGTERM is told of' says 'go on with --resume' err
check 'SIGTERM leaves a journal' goes_on
check 'SIGTERM ends by the signal' [ "$status" = 143 ]
check 'resume without an earlier run' sh -c "
	'$TLBSIM' sweep --resume -o out2.json slow.sweep && cmp slow.json out2.json"
check 'stdout has no journal' exits 2 sweep --resume slow.sweep

# ---- parts -------------------------------------------------------------
for of in 1 3 7 50; do
	parts=
	for i in $(seq $of); do
		sweep "--shard=$i/$of" -o "p$i-$of" s.yaml
		parts="p$i-$of $parts"
	done
	# shellcheck disable=SC2086 # names without blanks
	check "$of parts are the whole" sh -c "
		'$TLBSIM' sweep --merge -o m.json $parts && cmp one.json m.json"
done
for i in 1 2; do
	sweep --shard=$i/2 -o "f$i" fails.yaml 2>/dev/null
done
check 'what failed in parts fails in the whole' \
	exits 3 sh -c "'$TLBSIM' sweep --merge -o m.jsonl f1 f2 2>err"
check '... as in one piece' sh -c 'cmp m.jsonl f.jsonl && cmp err one.err'

# refuses TEXT PART...: the parts are no whole.
refuses()
{
	text=$1
	shift
	rm -f m.json
	exits 3 sh -c "'$TLBSIM' sweep --merge -o m.json $* 2>err" &&
		says "$text" err && [ ! -e m.json ]
}

check 'a missing part' refuses 'shard 2/3 is missing' p1-3 p3-3
check 'a part twice' refuses 'p1-3: shard 1/3 is in p1-3 already' \
	p1-3 p2-3 p1-3 p3-3
check 'a part of another number' \
	refuses 'p2-7: not of the sweep of p1-3: it is shard 2/7' \
	p1-3 p2-7 p3-3
check 'a part of another sweep' \
	refuses 'f1: not of the sweep of p1-3: the sweep has changed' \
	p1-3 p2-3 p3-3 f1
head -n -1 p2-3 >cut
check 'an unfinished part' refuses 'cut: cell ' p1-3 cut p3-3
sed '3s/5/6/' p2-3 >damaged
check 'a damaged part' refuses 'damaged:3: a damaged line' \
	p1-3 damaged p3-3
check 'no part' refuses 'one.json:1: no part of a sweep' one.json
check 'a part that is not there' exits 4 sweep --merge p1-3 nowhere
for shard in 0/3 4/3 1/0 x/3 3; do
	check "shard $shard" exits 2 sweep --shard=$shard -o x s.yaml
done
check 'a part needs a file' exits 2 sweep --shard=1/2 s.yaml
check 'a finished part is not run again' sh -c "
	'$TLBSIM' sweep --resume --shard=2/3 -o p2-3 s.yaml &&
	'$TLBSIM' sweep --merge -o m.json p?-3 && cmp one.json m.json"
check 'nor taken for another' exits 3 \
	sweep --resume --shard=1/3 -o p2-3 s.yaml

# What Slurm tells the tasks of an array.
check 'the shard of a task' sh -c "
	SLURM_ARRAY_TASK_ID=6 SLURM_ARRAY_TASK_MIN=5 SLURM_ARRAY_TASK_COUNT=3 \
		'$TLBSIM' sweep --shard=auto -o a s.yaml && cmp a p2-3"
check 'of an array of its own' sh -c "
	SLURM_ARRAY_TASK_ID=2 '$TLBSIM' sweep --shard=auto/3 -o a s.yaml &&
	cmp a p2-3"
check 'of an array with gaps' exits 2 env SLURM_ARRAY_TASK_ID=9 \
	SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_COUNT=3 \
	"$TLBSIM" sweep --shard=auto -o a s.yaml
check 'of no array' exits 2 sweep --shard=auto -o a s.yaml

# ---- progress ----------------------------------------------------------
sed 's/count: 200/count: 1000000/' disk.yaml >long.yaml
sed 's/disk.yaml.*/long.yaml]/' s.yaml >l.yaml
check 'no progress in a file' sh -c "
	timeout -s TERM 3 '$TLBSIM' sweep -q l.yaml 2>err
	! grep -v interrupted err"
check 'unless asked for' sh -c "
	timeout -s TERM 3 '$TLBSIM' sweep -q --progress l.yaml 2>err
	grep -q '^[0-9]* of 18 cells, 0 failed' err"

# ---- those that are shipped ---------------------------------------------
for file in "$top_srcdir"/workloads/sweeps/*.yaml; do
	check "$(basename "$file") holds" exits 0 sweep -q "$file"
done
done_testing
