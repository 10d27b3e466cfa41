/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * oracle.c - safety of grant unmapping, checked against what TLBs hold.
 *
 *   entry zapped ---> pending ---> flush -------> gone from every TLB
 *                        |           `----------> still held somewhere --.
 *                        `-> phase 2 begins: a skip; scan                |
 *                               |-> nothing held: fine                   |
 *                               `-> still held: I6 is broken ------------+
 *                                                                        v
 *   status bit cleared, a suspect of that frame: I1 is broken  <---- suspect
 *
 * What is checked, for the grant code as a whole:
 *
 *  I1  Revocation.  A frame that its granter sees as unused is not reached:
 *      oracle_word.c.
 *  I4  Agreement.  Between hypercalls, pins, handles, references on frames
 *      and status bits tell the same story.  Status words that changed are
 *      checked after each hypercall, all of it at the end: audit.c.
 *  I5  Cleanness.  An entry whose mapping was removed is exactly 0.
 *  I6  Sound skips.  When the references of a batch are dropped and no flush
 *      has come, no CPU holds a translation out of an entry of that batch.
 *
 * A translation is told by the leaf entry that it was filled from and the
 * frame that it leads to.  The check is a scan of all CPUs, not a guess.
 */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "mmu/physmem.h"
#include "mmu/x86.h"
#include "sim/pgtab.h"
#include "sim/state.h"

int oracle_create(struct oracle *oracle, unsigned cpus)
{
	oracle->batch = calloc(cpus, sizeof(*oracle->batch));
	return oracle->batch ? 0 : -ENOMEM;
}

void oracle_destroy(struct oracle *oracle)
{
	free(oracle->batch);
	free(oracle->suspect);
	free(oracle->word);
}

/* ---- saying what is wrong -------------------------------------------- */

/* Keep the sentence that was first, with its place. */
static void keep_first(struct sim *sim, const char *format, va_list list)
{
	const struct event *event = sim->event;
	const char *file = sim->file;
	char *first = sim->results.first;
	size_t size = sizeof(sim->results.first);
	int length;

	if (*first)
		return;
	if (event && !file)
		file = event->place.file;
	if (!event)
		length = snprintf(first, size, "at the end: ");
	else if (file)
		length = snprintf(first, size, "%s:%" PRIu32 ": ", file,
				  event->place.line);
	else
		length = snprintf(first, size, "event %" PRIu64 ": ",
				  event->number);
	if (length > 0 && (size_t)length < size)
		vsnprintf(first + length, size - (size_t)length, format, list);
}

void oracle_violation(struct sim *sim, const char *format, ...)
{
	va_list list;

	sim_count(sim, COUNTER_oracle_violations, 1);
	va_start(list, format);
	watch_violation(sim, format, list);
	va_end(list);
	va_start(list, format);
	keep_first(sim, format, list);
	va_end(list);
}

static void note(struct sim *sim, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void note(struct sim *sim, const char *format, ...)
{
	va_list list;

	if (!sim->checked)
		return;
	va_start(list, format);
	keep_first(sim, format, list);
	va_end(list);
}

/*
 * Was the translation of @result outdated in a way that hurts nobody?  The
 * entry leads to the same frame again, or is as an unmap left it that has not
 * come to its flush: the access could have come before it.
 */
static bool is_harmless(const struct sim *sim, const struct mmu_result *result)
{
	uint64_t value = physmem_read(sim->mem, result->entry);
	uint64_t mfn = result->paddr / FRAME_BYTES;

	if (value & PTE_P)
		return pgtab_frame(value).n == mfn;
	for (unsigned i = 0; i < sim->header->cpus; i++) {
		const struct oracle_batch *batch = &sim->oracle.batch[i];

		for (unsigned j = 0; j < batch->count; j++)
			if (batch->zap[j].entry == result->entry &&
			    batch->zap[j].mfn.n == mfn)
				return true;
	}
	return false;
}

void oracle_stale_use(struct sim *sim, const struct cpu *cpu, vaddr_t va,
		      enum mmu_access access, const struct mmu_result *result)
{
	static const char *const names[] = {
		[MMU_READ] = "read",
		[MMU_WRITE] = "write",
		[MMU_FETCH] = "fetch",
	};

	if (!is_harmless(sim, result))
		sim->oracle.stale_for_good++;
	note(sim,
	     "%s of 0x%" PRIx64 " on CPU %u used a translation that event "
	     "%" PRIu64 " made outdated",
	     names[access], va, cpu->number, result->stale_since);
}

void oracle_machine_check(struct sim *sim, const struct cpu *cpu, vaddr_t va)
{
	note(sim,
	     "machine check: CPU %u has pages of two sizes cached at "
	     "0x%" PRIx64,
	     cpu->number, va);
}

void oracle_stale_dma(struct sim *sim, const struct domain *d, uint64_t at,
		      bool write)
{
	note(sim,
	     "a device of domain %u %s 0x%" PRIx64 " through an IOTLB, as its "
	     "tables no longer say",
	     d->id, write ? "wrote" : "read", at);
}

/* ---- what TLBs hold -------------------------------------------------- */

struct mmu_holders oracle_holders(const struct sim *sim, const struct zap *zap)
{
	struct mmu_holders by_entry, by_frame;

	by_entry = mmu_holders_of_entry(sim->mmu, zap->entry);
	if (!by_entry.any)
		return by_entry;
	by_frame = mmu_holders_of_frame(sim->mmu, zap->mfn.n * FRAME_BYTES);
	by_entry.any &= by_frame.any;
	by_entry.writable &= by_frame.writable;
	return by_entry;
}

/* CPUs with a translation to it, however they came by that. */
static struct mmu_holders frame_holders(const struct sim *sim, mfn_t mfn)
{
	return mmu_holders_of_frame(sim->mmu, mfn.n * FRAME_BYTES);
}

bool oracle_make_room(struct sim *sim, void **items, size_t count, size_t *room,
		      size_t size)
{
	size_t more = *room ? 2 * *room : 64;
	void *bigger;

	if (count < *room)
		return true;
	bigger = realloc(*items, more * size);
	if (!bigger) {
		sim->error = -ENOMEM;
		return false;
	}
	*items = bigger;
	*room = more;
	return true;
}

static void suspect(struct sim *sim, const struct zap *zap)
{
	struct oracle *o = &sim->oracle;
	void *items = o->suspect;

	if (!oracle_make_room(sim, &items, o->nr_suspects, &o->suspect_room,
			      sizeof(*zap)))
		return;
	o->suspect = items;
	o->suspect[o->nr_suspects++] = *zap;
	sim->frames.frame[zap->mfn.n].suspect = true;
}

/* Drop the suspects that no TLB holds any more. */
static void clear_suspects(struct sim *sim)
{
	struct oracle *o = &sim->oracle;
	size_t left = 0;

	for (size_t i = 0; i < o->nr_suspects; i++)
		sim->frames.frame[o->suspect[i].mfn.n].suspect = false;
	for (size_t i = 0; i < o->nr_suspects; i++)
		if (oracle_holders(sim, &o->suspect[i]).any)
			o->suspect[left++] = o->suspect[i];
	o->nr_suspects = left;
	for (size_t i = 0; i < left; i++)
		sim->frames.frame[o->suspect[i].mfn.n].suspect = true;
}

/* ---- crossings of the seam ------------------------------------------- */

/* Did this change take a translation away?  A map over a present entry is
 * not the grant code's to clean up after: its guest flushes. */
static bool takes_away(const struct cpu *cpu, uint64_t old, uint64_t new)
{
	assert(old & PTE_P);
	if (!(new &PTE_P))
		return true;
	return cpu->call->left.cmd != GNTTABOP_map_grant_ref &&
	       pgtab_frame(old).n != pgtab_frame(new).n;
}

/* What more there is to tell of a zap of @mfn that left @new. */
static ASIDE void zap_told(struct sim *sim, mfn_t mfn, uint64_t new)
{
	sim_touch_held(sim, mfn, TOUCH_UPDATE);
	if (new && !(new &PTE_P))
		oracle_violation(sim,
				 "the entry of an unmapped page was left as "
				 "0x%" PRIx64 ", not 0 (I5)",
				 new);
}

void oracle_entry_changed(struct cpu *cpu, paddr_t entry, uint64_t old,
			  uint64_t new)
{
	if (!takes_away(cpu, old, new))
		return;
	oracle_zapped(cpu, entry, old);
	if (!(new &PTE_P))
		oracle_checked(cpu->sim);
	if (new || cpu->sim->touches)
		zap_told(cpu->sim, pgtab_frame(old), new);
}

bool oracle_flush_is_false(struct cpu *cpu, cpumask_t mask)
{
	const struct oracle_batch *batch = oracle_batch(cpu);

	for (unsigned i = 0; i < batch->count; i++)
		if (mmu_may_hold_entry(cpu->sim->mmu, batch->zap[i].entry) &&
		    (oracle_holders(cpu->sim, &batch->zap[i]).any & mask))
			return false;
	return !batch->stolen.n ||
	       !(frame_holders(cpu->sim, batch->stolen).any & mask);
}

void oracle_stolen(struct cpu *cpu, mfn_t mfn)
{
	oracle_batch(cpu)->stolen = mfn;
}

/* Leave those of @batch that somebody still holds. */
static void keep_held(const struct sim *sim, struct oracle_batch *batch)
{
	unsigned left = 0;

	for (unsigned i = 0; i < batch->count; i++)
		if (oracle_holders(sim, &batch->zap[i]).any)
			batch->zap[left++] = batch->zap[i];
	batch->count = left;
}

void oracle_flushed(struct cpu *cpu)
{
	struct oracle_batch *batch = oracle_batch(cpu);

	/* Most often all are empty now. */
	if (mmu_holders_of_anything(cpu->sim->mmu))
		keep_held(cpu->sim, batch);
	else
		batch->count = 0;
	batch->stolen.n = 0;
	batch->flushed = true;
	if (cpu->sim->oracle.nr_suspects)
		clear_suspects(cpu->sim);
}

static void report_skip(struct sim *sim, const struct zap *zap, cpumask_t mask)
{
	oracle_violation(sim,
			 "flush skipped although CPU %u holds a translation "
			 "out of the entry at 0x%" PRIx64 " (I6)",
			 oracle_first_cpu(mask), zap->entry);
}

/* Does a CPU hold, as it may, a translation out of the entry of @zap?  If that
 * is @wrong it is reported. */
static bool is_left(struct sim *sim, const struct zap *zap, bool wrong)
{
	cpumask_t mask = oracle_holders(sim, zap).any;

	if (!mask)
		return false;
	suspect(sim, zap);
	if (wrong)
		report_skip(sim, zap, mask);
	return true;
}

/* Account for what is pending: it was flushed, or this is a skip. */
void oracle_settle(struct cpu *cpu)
{
	struct oracle_batch *batch = oracle_batch(cpu);
	struct sim *sim = cpu->sim;
	bool wrong = !batch->flushed;

	if (!batch->flushed)
		oracle_checked(sim);
	for (unsigned i = 0; i < batch->count; i++)
		if (mmu_may_hold_entry(sim->mmu, batch->zap[i].entry) &&
		    is_left(sim, &batch->zap[i], wrong))
			wrong = false;
	batch->count = 0;
	batch->flushed = false;
}
