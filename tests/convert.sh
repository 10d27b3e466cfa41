# SPDX-License-Identifier: GPL-2.0-or-later
#
# convert.sh - `tlbsim convert`: there and back again changes nothing.
. "$top_srcdir/tests/tap.sh"

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1
# so that profiles are found that a trace names beside itself
ln -s "$top_srcdir"/workloads/machines machines

# YAML to binary to YAML to binary: the binary files are equal, and so are
# the YAML that was written and what its own conversion makes of it.
goes_there_and_back()
{
	"$TLBSIM" convert "$1" a.tlbt && "$TLBSIM" convert a.tlbt b.yaml &&
		"$TLBSIM" convert b.yaml c.tlbt && cmp a.tlbt c.tlbt &&
		"$TLBSIM" convert b.yaml d.yaml && cmp b.yaml d.yaml
}

# Under sanitizers a policy more finds nothing more.
policies=all
[ -z "$INSTRUMENT_FLAGS" ] || policies=xs8

# Results, but for the name of the trace and for places in it.
results()
{
	"$TLBSIM" replay --policy $policies --format json "$1" 2>/dev/null |
		sed -e '/^ *"trace":/d' -e "s|\"$1[:0-9]* *|\"|"
}

replays_alike()
{
	results "$1" >1.json
	results "$2" >2.json
	[ "$(wc -c <1.json)" -gt 100 ] && cmp 1.json 2.json
}

for trace in "$top_srcdir"/workloads/*.yaml \
	"$top_srcdir"/workloads/cases/*.yaml \
	"$top_srcdir"/workloads/lessons/*.yaml \
	"$top_srcdir"/workloads/explore/*.yaml \
	"$top_srcdir"/workloads/recorded/p2.yaml.gz; do
	check "$(basename "$trace") goes there and back" \
		goes_there_and_back "$trace"
	check "$(basename "$trace") replays alike" \
		replays_alike "$trace" a.tlbt
done

# at_most BYTES FILE YAML: bytes for each event
at_most()
{
	events=$(grep -c '^  [a-z_]* [a-z]' "$3")
	size=$(wc -c <"$2")
	echo "$size bytes, $events events"
	[ "$size" -le $(($1 * events)) ]
}
check 'a recording takes at most 6 bytes for an event' at_most 6 a.tlbt b.yaml

# ---- where from, where to -------------------------------------------------

recording=$top_srcdir/workloads/recorded/p2.yaml.gz

suffixes_decide()
{
	"$TLBSIM" convert a.tlbt e.yaml.gz && gunzip e.yaml.gz &&
		cmp b.yaml e.yaml && "$TLBSIM" convert b.yaml e.tlbt.gz &&
		"$TLBSIM" convert e.tlbt.gz e.tlbt && cmp a.tlbt e.tlbt
}
check 'suffixes decide' suffixes_decide

streams_are_as_files()
{
	"$TLBSIM" convert -f binary - - <"$recording" >f.tlbt &&
		cmp a.tlbt f.tlbt &&
		"$TLBSIM" convert --format=yaml - - <a.tlbt >f.yaml &&
		cmp b.yaml f.yaml
}
check 'streams are as files' streams_are_as_files

# A file may be read by two CPUs, a pipe and the one CPU by one.
one_cpu_reads_the_same()
{
	results a.tlbt >1.json
	results - <a.tlbt | sed 's/standard input//' >2.json
	cat a.tlbt | results - >3.json
	cmp 2.json 3.json &&
		"$TLBSIM" convert a.tlbt g.yaml && cmp b.yaml g.yaml &&
		cat a.tlbt | "$TLBSIM" convert - g.yaml && cmp b.yaml g.yaml &&
		taskset -c "$(one_cpu)" "$TLBSIM" convert a.tlbt g.yaml &&
		cmp b.yaml g.yaml
}
one_cpu()
{
	taskset -cp $$ | sed 's/.*: \([0-9]*\).*/\1/'
}
check 'one CPU reads the same as two' one_cpu_reads_the_same

# ---- what it refuses -------------------------------------------------------

# refuses STATUS TEXT ARGUMENT...: and leaves no file
refuses()
{
	wanted=$1
	text=$2
	shift 2
	rm -f out.*
	"$TLBSIM" convert "$@" 2>err
	status=$?
	cat err
	[ $status -eq "$wanted" ] && grep -qF -e "$text" err &&
		[ -z "$(ls out.* 2>/dev/null)" ]
}

check 'a suffix that says nothing is a usage error' refuses 2 \
	"'out.txt' ends neither in .yaml nor in .tlbt; say --format" \
	a.tlbt out.txt
check 'a stream needs a format' refuses 2 'say --format' a.tlbt -
check 'an unknown format is a usage error' refuses 2 "unknown format 'xml'" \
	-f xml a.tlbt out.xml
check 'no output is a usage error' refuses 2 'no output given' a.tlbt
check 'no trace is a usage error' refuses 2 'no trace given'
check 'a second output is a usage error' refuses 2 'one trace at a time' \
	a.tlbt out.yaml out.tlbt
head -c 5000 a.tlbt >cut.tlbt
check 'a trace that was cut is refused' refuses 3 \
	'the file ends too early' cut.tlbt out.yaml
echo 'tlbsim: 1' >wrong.yaml
printf -- '---\nevents: [frobnicate: {}]\n' >>wrong.yaml
check 'a trace that is wrong is refused' refuses 3 \
	"wrong.yaml:3:10: unknown event 'frobnicate'" wrong.yaml out.tlbt
echo '{tlbsim: 1, expect: {tlb.walks: 0}, events: []}' >flow.yaml
check 'a key in the middle of a line cannot be taken' refuses 3 \
	"'events' does not stand at the start of a line" flow.yaml out.tlbt
check 'a trace that is not there is an error' refuses 4 \
	"cannot read 'absent.yaml'" absent.yaml out.tlbt
check 'a folder that is not there is an error' refuses 4 \
	"cannot write 'absent/out.tlbt'" a.tlbt absent/out.tlbt

# What a pipe's reader wants is there before all of it is: neither of the two
# would ever come to its end.
pipes_are_not_kept_waiting()
{
	timeout 60 "$TLBSIM" generate memory count=9999999999 |
		timeout 60 "$TLBSIM" convert -f binary --no-progress - - |
		head -c 100000 | wc -c >got
	echo "$(cat got) bytes"
	[ "$(cat got)" -eq 100000 ]
}
check 'a pipe gets what is written at once' pipes_are_not_kept_waiting

# ---- traces that name others ------------------------------------------------

bulk_is_as_the_file_itself()
{
	mkdir -p sub && cp a.tlbt sub/ &&
		sed '/^---/,$d' b.yaml >sub/names.yaml &&
		sed -n '/^expect:/,$p' b.yaml >expects &&
		{ echo 'bulk: a.tlbt'; } >>sub/names.yaml &&
		replays_alike sub/names.yaml a.tlbt &&
		"$TLBSIM" convert sub/names.yaml named.tlbt &&
		cmp named.tlbt a.tlbt
}
check 'a trace that names another is as that one' bulk_is_as_the_file_itself

# Other commands read binary traces as well; a schedule is saved as YAML only.
commands_read_it()
{
	explored=$top_srcdir/workloads/explore/type-change.yaml
	"$TLBSIM" convert "$explored" explored.tlbt &&
		"$TLBSIM" explain explored.tlbt >explained
	# it breaks an invariant
	[ $? -eq 1 ] && [ "$(grep -c '^\[' explained)" -eq 8 ] &&
		"$TLBSIM" batches explored.tlbt | grep -q '^unmap *1 *1$' &&
		echo 'show tlb' | "$TLBSIM" shell explored.tlbt 2>&1 |
		grep -q 'PDE cache' &&
		{ "$TLBSIM" explore -o saved.yaml explored.tlbt 2>err; cat err; } &&
		grep -q 'the events of the trace are not one list' err &&
		[ ! -e saved.yaml ]
}
check 'other commands read binary traces' commands_read_it

keeps_what_is_no_event()
{
	cat >kept.yaml <<-'END'
		# what this is for
		tlbsim: 1
		title: kept   # as it is
		domains:
		  - {id: 0, name: dom0, hardware: true}
		  - {id: 1, name: guest}
		expect: {oracle.violations: 0}
		---
		blkback:
		  driver: modern     # of Linux
		  requests:
		    - {op: read, segments: 2, at: 0, done: 1us}
		---
		expect:
		  - {grant.map_ops: {min: 1}, policy: any}
	END
	"$TLBSIM" convert kept.yaml kept.tlbt &&
		"$TLBSIM" convert kept.tlbt again.yaml &&
		cmp kept.yaml again.yaml && replays_alike kept.yaml kept.tlbt
}
check 'all that is no event stays as it is written' keeps_what_is_no_event

done_testing
