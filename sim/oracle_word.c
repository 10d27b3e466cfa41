/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * oracle_word.c - safety of what a granter is told of its frames.
 *
 *  I1  Revocation.  When GTF_reading or GTF_writing of a reference is
 *      cleared, the granter may reuse its frame: no CPU then holds a
 *      translation (a writable one, for GTF_writing) out of an entry that
 *      mapped the frame for that grantee.
 *
 * The words that changed are also compared with the pins, once no hypercall
 * is under way (I4).  Most lie side by side:
 *
 *   a word changes -+-> of the row: its place there is kept
 *                   `-> of another frame, or more must be asked: the row's go
 *                       to the list, in order, and the frame is the row
 */
#include <assert.h>
#include <inttypes.h>

#include "mmu/physmem.h"
#include "sim/entry.h"
#include "sim/state.h"

#define ROW_STEP (GNTTAB_ROW_WORDS * sizeof(uint32_t))

/* ---- words that changed ---------------------------------------------- */

static bool make_room(struct sim *sim)
{
	struct oracle *o = &sim->oracle;
	void *items = o->word;

	if (!oracle_make_room(sim, &items, o->nr_words, &o->word_room,
			      sizeof(*o->word)))
		return false;
	o->word = items;
	return true;
}

static void remember_word(struct sim *sim, struct oracle_word word)
{
	struct oracle *o = &sim->oracle;

	if (o->nr_words < o->word_room || make_room(sim))
		o->word[o->nr_words++] = word;
}

/* From now on there is no row; its words are among the others. */
static void leave_row(struct sim *sim)
{
	struct oracle_row *row = &sim->oracle.row;

	for (unsigned i = 0; i < row->count; i++)
		remember_word(sim, (struct oracle_word){
					   row->granter,
					   row->of.first + row->changed[i] });
	row->count = 0;
	row->of.words = NULL;
}

static void enter_row(struct sim *sim, const struct oracle_word *where)
{
	struct oracle_row *row = &sim->oracle.row;

	row->granter = where->granter;
	row->of = gnttab_row(where->granter->grants, where->ref);
}

/* From the first word of the row to @word; FRAME_BYTES or more if that is none
 * of it. */
static inline uintptr_t distance_in_row(const struct oracle_row *row,
					const uint32_t *word)
{
	return (uintptr_t)word - (uintptr_t)row->of.words;
}

/* Whose entry a status word is of. */
static __attribute__((noinline)) struct oracle_word
find_word(struct sim *sim, const uint32_t *word, uint32_t bits)
{
	const char *base = physmem_pointer(sim->mem, 0);
	uint64_t at = (uint64_t)((const char *)word - base);
	const struct frame *frame = &sim->frames.frame[at / FRAME_BYTES];

	assert(frame->type == FRAME_SHARED);
	return (struct oracle_word){
		.granter = frame->owner,
		.ref = entry_of_status(frame->owner, word, bits),
	};
}

/* ---- revocation ------------------------------------------------------ */

/* Who still holds @mfn as @mapper had it mapped, in the way that matters? */
static cpumask_t suspects_of(struct sim *sim, mfn_t mfn, domid_t mapper,
			     bool writable)
{
	const struct oracle *o = &sim->oracle;
	cpumask_t mask = 0;

	for (size_t i = 0; i < o->nr_suspects; i++) {
		const struct zap *zap = &o->suspect[i];
		struct mmu_holders holders;

		if (zap->mfn.n != mfn.n || zap->mapper != mapper)
			continue;
		holders = oracle_holders(sim, zap);
		mask |= writable ? holders.writable : holders.any;
	}
	return mask;
}

static ASIDE void report_held(struct sim *sim, const struct oracle_word *word,
			      domid_t mapper, bool reading, cpumask_t mask)
{
	oracle_violation(sim,
			 "reference %" PRIu32 " of domain %u shows as "
			 "no longer %s by domain %u, but CPU %u holds "
			 "a translation of its frame (I1)",
			 word->ref, word->granter->id,
			 reading ? "used" : "written", mapper,
			 oracle_first_cpu(mask));
}

/* The granter now sees that its frame @mfn is no longer used. */
static void check_revocation(struct sim *sim, const struct oracle_word *word,
			     mfn_t mfn, domid_t mapper, bool reading)
{
	cpumask_t mask = 0;

	oracle_checked(sim);
	if (sim->calls.inside > 1)
		mask = oracle_pending(sim, word, mfn, mapper, !reading);
	if (sim->frames.frame[mfn.n].suspect)
		mask |= suspects_of(sim, mfn, mapper, !reading);
	if (mask)
		report_held(sim, word, mapper, reading, mask);
}

/*
 * The frame that the entry at @e is no longer used for: the one that lost a
 * reference just before, whatever the granter's number leads to by now.
 */
static mfn_t revoked_frame(struct cpu *cpu, const struct domain *granter,
			   const struct entry_place *e)
{
	mfn_t mfn = oracle_batch(cpu)->dropped;

	return mfn.n ? mfn : p2m_get(&granter->p2m, entry_frame(e)).mfn;
}

/* Status bits @cleared of the entry at @where are. */
static __attribute__((noinline)) void
word_cleared(struct cpu *cpu, struct oracle_word where, uint32_t cleared)
{
	const struct entry_place e = entry_place(where.granter, where.ref);
	const mfn_t mfn = revoked_frame(cpu, where.granter, &e);
	const struct domain *d;

	/* What is granted transitively is never mapped. */
	if (!mfn.n || (e.header->flags & GTF_type_mask) == GTF_transitive)
		return;
	oracle_dropped(cpu, mfn);
	check_revocation(cpu->sim, &where, mfn, e.header->domid,
			 cleared & GTF_reading);
	d = domain_find(cpu->sim, e.header->domid);
	if (d && d->iommu)
		oracle_check_device(d, &where, mfn, !(cleared & GTF_reading));
}

/* Wherever the word is. */
static __attribute__((noinline)) void any_word_changed(struct cpu *cpu,
						       const uint32_t *word,
						       uint32_t old,
						       uint32_t new)
{
	const struct oracle_word where = find_word(cpu->sim, word, old ^ new);
	uint32_t cleared = old & ~new;

	if (where.ref == ENTRY_NONE)
		return;
	leave_row(cpu->sim);
	remember_word(cpu->sim, where);
	enter_row(cpu->sim, &where);
	cleared = (cleared | cleared >> 16) & (GTF_reading | GTF_writing);
	if (cleared)
		word_cleared(cpu, where, cleared);
	else
		oracle_batch(cpu)->dropped.n = 0;
}

/* Has what matters when @word is cleared been looked at, as the reference was
 * dropped, and is there nobody else to be asked? */
static inline bool is_plain(const struct sim *sim,
			    const struct oracle_batch *batch, uint32_t word)
{
	return batch->dropped.n && !batch->count &&
	       (word & GTF_type_mask) != GTF_transitive &&
	       sim->calls.inside == 1 && !sim->oracle.nr_suspects &&
	       !sim->oracle.devices;
}

void oracle_word_changed(struct cpu *cpu, const uint32_t *word, uint32_t old,
			 uint32_t new)
{
	struct sim *sim = cpu->sim;
	struct oracle_row *row = &sim->oracle.row;
	struct oracle_batch *batch = oracle_batch(cpu);
	uint32_t cleared = old & ~new &(GTF_reading | GTF_writing);
	uintptr_t distance = distance_in_row(row, word);

	if (distance >= FRAME_BYTES || *row->of.version != 1 ||
	    row->count == ORACLE_ROW_ROOM ||
	    (cleared && !is_plain(sim, batch, new))) {
		any_word_changed(cpu, word, old, new);
		return;
	}
	row->changed[row->count++] = (uint16_t)(distance / ROW_STEP);
	if (cleared)
		oracle_checked(sim);
	else
		batch->dropped.n = 0;
}

/* ---- status bits and pins -------------------------------------------- */

/* Does the status of entry @i of a row say what is pinned?  Of a transfer's
 * another tells. */
static inline bool is_as_pinned(const struct gnttab_row *row, unsigned i)
{
	uint32_t word = row->words[GNTTAB_ROW_WORDS * i];

	return (word & GTF_type_mask) != GTF_accept_transfer &&
	       (word & (GTF_reading | GTF_writing)) ==
		       oracle_status_of(row->pin[i * row->pin_step]);
}

static void check_row(struct sim *sim)
{
	struct oracle_row *row = &sim->oracle.row;
	const struct gnttab_row of = row->of;
	uint64_t agreed = 0;

	for (unsigned i = 0; i < row->count; i++) {
		if (is_as_pinned(&of, row->changed[i]))
			agreed++;
		else
			oracle_check_status(sim, row->granter,
					    of.first + row->changed[i]);
	}
	sim_count(sim, COUNTER_oracle_checks, agreed);
	row->count = 0;
}

/* What changed, in this order. */
static void check_words(struct sim *sim)
{
	struct oracle *o = &sim->oracle;

	if (o->row.count && *o->row.of.version != 1)
		leave_row(sim);
	for (size_t i = 0; i < o->nr_words; i++)
		oracle_check_status(sim, o->word[i].granter, o->word[i].ref);
	o->nr_words = 0;
	check_row(sim);
}

void oracle_call_left(struct cpu *cpu)
{
	struct sim *sim = cpu->sim;

	oracle_dropped(cpu, (mfn_t){ 0 });
	/* Others are in the middle of theirs: not between hypercalls. */
	if (!sim->calls.inside)
		check_words(sim);
}
