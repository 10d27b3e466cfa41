# SPDX-License-Identifier: GPL-2.0-or-later
#
# mutants.sh - `tlbsim explore` finds faults that are put into the grant logic.
#
# Each is one change at one place of one file of gnttab/, compiled and linked
# with everything else as it is.  A case that has no schedule which breaks
# anything has one then.
. "$top_srcdir/tests/tap.sh"

case $INSTRUMENT_FLAGS in
*sanitize*)
	echo 'mutants.sh: SKIPPED: takes long under sanitizers' >&2
	echo '1..0 # SKIP takes long under sanitizers'
	exit
	;;
esac

if grep -q 'define ENABLE_CHECKS' "$top_builddir/config.h"; then
	echo 'mutants.sh: SKIPPED: with --enable-checks faults end the program' \
		>&2
	echo '1..0 # SKIP with --enable-checks faults end the program'
	exit
fi

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$top_builddir" || exit 1

# explore PROGRAM CASE POLICY [OPTION]...
explore()
{
	program=$1 case=$2 policy=$3
	shift 3
	"$program" explore --no-progress -p "$policy" "$@" \
		"$top_srcdir/workloads/explore/$case.yaml" >"$tmp/out"
}

# changed FILE SED: FILE with its fault, in $tmp; at one place exactly.
changed()
{
	sed "$2" "$top_srcdir/gnttab/$1.c" >"$tmp/$1.c"
	places=$(diff -U5 "$top_srcdir/gnttab/$1.c" "$tmp/$1.c" | grep -c '^@@')
	[ "$places" = 1 ] || {
		echo "$places places of $1.c are changed"
		return 1
	}
}

# The libraries have what the fault's own object has not: their code, as it
# takes long to make it anew of what is optimised across files.
built()
{
	# shellcheck disable=SC2086
	$CC $CPPFLAGS $INSTRUMENT_FLAGS -w -I. -I"$top_srcdir" \
		-c "$tmp/$1.c" -o "$tmp/$1.o" &&
		$CC $INSTRUMENT_FLAGS -fno-lto -o "$tmp/tlbsim" "$tmp/$1.o" \
			sim/main.o sim/cmd_*.o sim/list_machines.o \
			-Wl,--start-group sim/.libs/libprogram.a \
			sim/.libs/libsim.a workloads/.libs/libworkloads.a \
			gnttab/.libs/libgnttab.a mmu/.libs/libmmu.a \
			-Wl,--end-group $PROGRAM_LIBS
}

# runs_both CASE POLICY [OPTION]...: the program as it is finds nothing.
runs_both()
{
	explore "$TLBSIM" "$@" || {
		echo 'it breaks without the fault'
		return 1
	}
	explore "$tmp/tlbsim" "$@" -o "$tmp/found.yaml"
	status=$?
	sed -n '/^Broken/{s,/.*/,,p;}' "$tmp/out"
	[ $status = 1 ] || {
		echo "exit status $status"
		return 1
	}
}

# What was found breaks by replay as well: as often as expected, or it says so.
is_replayed()
{
	what=$(sed -n '/^Broken/{s,^[^:]*: ,,;s,^/[^ ]*: ,,;p;}' "$tmp/out")
	[ -n "$what" ] || return 1
	"$tmp/tlbsim" replay --no-progress "$tmp/found.yaml" \
		>"$tmp/again" 2>&1 || grep -qF "$what" "$tmp/again"
}

# found CASE POLICY FILE SED
found()
{
	changed "$3" "$4" && built "$3" && runs_both "$1" "$2" && is_replayed
}

# missed CASE POLICY FILE SED: nothing that explore can tell is changed.
missed()
{
	changed "$3" "$4" && built "$3" && explore "$tmp/tlbsim" "$1" "$2"
}

# ---- the order of things ------------------------------------------------
check 'pins are dropped before the flush' \
	found pins-after-flush xs8 unmap \
	'/What moved into a slot/i\
	for (; b.n; b.n--) unmap_end(cpu, caller, \&b.ops[b.n - 1]);'
check 'GTF bits are cleared while pins are left' \
	found pins-after-flush xs8 active \
	'/^	act->pin -= pins;/{n;s/.*/	machine_shared_clear(cpu, act->shared,\
						GTF_reading | GTF_writing);/;}'

# ---- the A bit ----------------------------------------------------------
check 'A is read before the exchange' \
	found exchange xs8 pv \
	's/done = entry_replace(.*/old = machine_pte_read(cpu, slot);\
	done = entry_replace(cpu, gt, slot, m, next, \&stolen);/
	s/^	uint64_t old;/	uint64_t old, stolen;/'
check 'A is read after the exchange' \
	found exchange xs8 pv 's/if (policy->read_back)/if (true)/'
check 'a plain store instead of the exchange' \
	found exchange xs8 pv \
	's/	return machine_pte_cmpxchg(cpu, slot, old, next);/\
	machine_pte_write(cpu, slot, next); return true;/'
check 'an exchange that fails is not tried again' \
	found exchange xs8 pv \
	's/	return machine_pte_cmpxchg(cpu, slot, old, next);/\
	uint64_t was = *old;\
	if (!machine_pte_cmpxchg(cpu, slot, old, next))\
		machine_pte_write(cpu, slot, next), *old = was;\
	return true;/'

# ---- the flush ----------------------------------------------------------
check 'the decision is inverted' \
	found exchange xs8 flush 's/(!b->accessed &&/(b->accessed \&\&/'
check 'any domain is trusted' \
	found clear-a xs8 flush 's/return mapper->who.hardware;/return true;/'
check 'only this CPU is flushed' \
	found batch upstream flush \
	's/machine_dirty_cpus(cpu, mapper->who.machine)/\
	1u << machine_cpu_number(cpu)/'
check 'other CPUs are flushed, this one is not' \
	found idle-batch upstream flush \
	's/machine_dirty_cpus(cpu, mapper->who.machine)/& \&\
	~(1u << machine_cpu_number(cpu))/'
check 'the last of a batch decides' \
	found batch xs8 pv \
	's/zapped->accessed |= accessed;/zapped->accessed = accessed;/'
check 'the first page of a batch is not dropped' \
	found batch per-page policy_per_page \
	's/unsigned i = 0; i < b/unsigned i = 1; i < b/'
check 'the newest mapping of a batch decides who is spared' \
	found idle-batch per-cpu policy_per_cpu \
	's/zap->note < oldest/(oldest + 1 == 0 || zap->note > oldest)/'

check 'the time is noted after the entry is written' \
	found idle-map per-cpu pv \
	'/^	m->note = policy->note/{h;d}
	/^	old = entry_set(cpu, policy, slot, pte);/G'

# ---- locks and counts ---------------------------------------------------
check 'a handle is not looked at again under the lock' \
	found same-handle xs8 unmap 's/if (!unchanged(e, u))/if (!e)/'
check 'a handle is freed before its entry is zapped' \
	found handle-early xs8 unmap \
	'/^	status = parts_unmap(/i\
	maptrack_put(cpu, \&caller->maptrack, u->op.unmap.handle, e);
	/^		u->freed = true;/d'
check 'phase 2 looks its handle up again' \
	found handle-early xs8 unmap \
	's/^		active_release(cpu, u->granter, u->act,/\
	active_release(cpu, u->granter, grant_active(u->granter,\
		maptrack_entry(\&caller->maptrack, u->op.unmap.handle)->flags ?\
		maptrack_entry(\&caller->maptrack, u->op.unmap.handle)->ref :\
			u->act->ref),/'
check 'phase 1 takes no lock' \
	found same-handle xs8 unmap \
	'/^	machine_lock(cpu, .*lock);/,/^	machine_unlock(cpu, .*lock);/c\
	status = unmap_locked(cpu, caller, b, u, e);'
check 'a lock is kept where the handle has changed' \
	found same-handle xs8 unmap \
	'/^	machine_unlock(cpu, .*lock);/s/^/	if (status == GNTST_okay)\
	/'
check 'a lock is kept where a reference cannot be pinned' \
	found map-again xs8 active \
	'/^	status = claim_locked(/,/^	return status/{
	/^	machine_unlock/s/^/	if (act->pin == c->pins)\
	/;}'
check 'a pin is dropped without the lock' \
	found map-again xs8 active \
	'/^	act->pin -= pins;/i\
	machine_unlock(cpu, \&act->lock);
	/^	status_reduce(cpu, granter, act, pins);$/{n;d}'
check 'a pin is taken without the lock' \
	found map-again xs8 active \
	'/^	status = claim_locked(/{s/^/	machine_unlock(cpu, \&act->lock);\
/;n;d}'
check 'a second mapping takes no reference to its frame' \
	found map-again xs8 active \
	'/^	if (!machine_frame_hold(cpu, c->gr/s/(!/(false \&\& !/'
check 'two locks are taken in either order' \
	found pins-after-flush xs8 unmap \
	'/^	machine_lock(cpu, .*lock);/,/^	machine_unlock(cpu, .*lock);/c\
	struct machine_lock *both[] = { \&u->act->lock,\
					\&caller->maptrack.lock };\
	machine_lock(cpu, both[u->op.unmap.handle % 2]);\
	machine_lock(cpu, both[1 - u->op.unmap.handle % 2]);\
	status = unmap_locked(cpu, caller, b, u, e);\
	machine_unlock(cpu, both[0]);\
	machine_unlock(cpu, both[1]);'

# ---- what is not found --------------------------------------------------
# A part of a schedule goes on until the next call of the machine.  Without its
# lock the list of free handles is read and written within one such part.
check 'a handle is taken without the lock: not found' \
	missed handle-free xs8 maptrack \
	'/^	if (mt->head != mt->tail/i\
	machine_unlock(cpu, \&mt->lock);
	/^struct.*maptrack_take/,/^}/s/^	machine_unlock.*mt->lock);//'
done_testing
