/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * audit.c - I4: pins, handles, references and status bits agree.
 *
 *   handles of all domains --sum--> pins of a reference --> status bits
 *   entries of all tables  --sum--> references on a frame
 *
 * A reference is there for each present 4 KiB entry that names the frame
 * and for each device mapping; a use as writable data for each of those that
 * is writable.  Large pages are a guest's own and hold none.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "mmu/physmem.h"
#include "mmu/sparse.h"
#include "mmu/x86.h"
#include "sim/entry.h"
#include "sim/pgtab.h"
#include "sim/state.h"

/* Pin counters of an active entry: host write, read, device write, read. */
#define PIN_HOST_WRITE 0x00000001u
#define PIN_HOST_READ 0x00000100u
#define PIN_DEVICE_WRITE 0x00010000u
#define PIN_DEVICE_READ 0x01000000u

static ASIDE void report_status(struct sim *sim, const struct domain *granter,
				grant_ref_t ref, uint32_t pin, unsigned status)
{
	oracle_violation(sim,
			 "reference %" PRIu32 " of domain %u has pins "
			 "0x%08" PRIx32 " but status 0x%x (I4)",
			 ref, granter->id, pin, status);
}

static void check_status(struct sim *sim, const struct domain *granter,
			 grant_ref_t ref, const struct entry_place *e)
{
	uint16_t status = entry_flags(e) & (GTF_reading | GTF_writing);

	if (entry_is_transfer(e))
		return;
	oracle_checked(sim);
	if (status != oracle_status_of(e->pin))
		report_status(sim, granter, ref, e->pin, status);
}

void oracle_check_status(struct sim *sim, const struct domain *granter,
			 grant_ref_t ref)
{
	const struct entry_place e = entry_place(granter, ref);

	check_status(sim, granter, ref, &e);
}

/* What one handle pins. */
static uint32_t pins_of(uint16_t flags)
{
	uint32_t pins = 0;

	if (flags & GNTMAP_host_map)
		pins += flags & GNTMAP_readonly ? PIN_HOST_READ
						: PIN_HOST_WRITE;
	if (flags & GNTMAP_device_map)
		pins += flags & GNTMAP_readonly ? PIN_DEVICE_READ
						: PIN_DEVICE_WRITE;
	return pins;
}

/* ---- handles and pins ------------------------------------------------ */

/* Add up, in @pins, what the handles of @mapper pin of @granter's. */
static void add_pins(const struct domain *mapper, const struct domain *granter,
		     uint32_t *pins, uint32_t refs)
{
	unsigned limit = gnttab_maptrack_limit(mapper->grants);

	for (grant_handle_t handle = 0; handle < limit; handle++) {
		struct gnttab_maptrack_view view = gnttab_maptrack(
			mapper->grants, handle);

		if (view.flags && view.granter == granter->id &&
		    view.ref < refs)
			pins[view.ref] += pins_of(view.flags);
	}
}

static void compare_pins(struct sim *sim, const struct domain *granter,
			 const uint32_t *pins, uint32_t refs)
{
	for (grant_ref_t ref = 0; ref < refs; ref++) {
		const struct entry_place e = entry_place(granter, ref);

		check_status(sim, granter, ref, &e);
		if (e.pin != pins[ref])
			oracle_violation(sim,
					 "reference %" PRIu32 " of domain %u "
					 "has pins 0x%08" PRIx32 " but handles "
					 "for 0x%08" PRIx32 " (I4)",
					 ref, granter->id, e.pin, pins[ref]);
	}
}

static int audit_pins(struct sim *sim, const struct domain *granter)
{
	uint32_t refs = gnttab_nr_entries(granter->grants);
	uint32_t *pins = calloc(refs, sizeof(*pins));

	if (!pins)
		return -ENOMEM;
	for (size_t i = 0; i < sim->nr_domains; i++)
		add_pins(&sim->domain[i], granter, pins, refs);
	compare_pins(sim, granter, pins, refs);
	free(pins);
	return 0;
}

/* ---- references on frames -------------------------------------------- */

/* What a frame's counts must be. */
struct uses {
	uint32_t refs, writable;
};

static void add_use(const struct sim *sim, struct uses *uses, mfn_t mfn,
		    bool writable)
{
	if (mfn.n >= sim->frames.count)
		return;
	uses[mfn.n].refs++;
	uses[mfn.n].writable += writable;
}

static void add_table(const struct sim *sim, struct uses *uses, uint64_t table)
{
	for (unsigned i = 0; i < 512; i++) {
		uint64_t value = physmem_read(sim->mem,
					      table * FRAME_BYTES + i * 8);

		if (value & PTE_P)
			add_use(sim, uses, pgtab_frame(value), value & PTE_RW);
	}
}

/* The device mappings that handles of @mapper stand for. */
static void add_devices(struct sim *sim, struct uses *uses,
			const struct domain *mapper)
{
	unsigned limit = gnttab_maptrack_limit(mapper->grants);

	for (grant_handle_t handle = 0; handle < limit; handle++) {
		struct gnttab_maptrack_view view = gnttab_maptrack(
			mapper->grants, handle);
		struct domain *granter = domain_find(sim, view.granter);

		if (!(view.flags & GNTMAP_device_map) || !granter)
			continue;
		add_use(sim, uses, gnttab_active(granter->grants, view.ref).mfn,
			!(view.flags & GNTMAP_readonly));
	}
}

/* Frames @first up to before @end. */
static void compare_uses(struct sim *sim, const struct uses *uses,
			 uint64_t first, uint64_t end)
{
	for (uint64_t mfn = first; mfn < end; mfn++) {
		const struct frame *frame = &sim->frames.frame[mfn];

		if (frame->type == FRAME_FREE ||
		    (frame->refs == uses[mfn].refs + frame->pinned &&
		     frame->type_refs == uses[mfn].writable))
			continue;
		oracle_violation(sim,
				 "frame 0x%" PRIx64 " has %" PRIu32
				 " references, %" PRIu32 " writable, but "
				 "%" PRIu32 " and %" PRIu32 " uses (I4)",
				 mfn, frame->refs, frame->type_refs,
				 uses[mfn].refs, uses[mfn].writable);
	}
}

static void add_uses(struct sim *sim, struct uses *uses)
{
	for (uint64_t mfn = 1; mfn < sim->frames.next; mfn++)
		if (sim->frames.frame[mfn].type == FRAME_L1)
			add_table(sim, uses, mfn);
	for (size_t i = 0; i < sim->nr_domains; i++)
		add_devices(sim, uses, &sim->domain[i]);
}

static int audit_frames(struct sim *sim)
{
	uint64_t bytes = sim->frames.count * sizeof(struct uses);
	struct uses *uses = sparse_map(sim->maps, bytes);

	if (!uses)
		return -ENOMEM;
	add_uses(sim, uses);
	oracle_checked(sim);
	compare_uses(sim, uses, 1, sim->frames.next);
	for (size_t i = 0; i < sim->nr_domains; i++) {
		const struct domain *d = &sim->domain[i];

		compare_uses(sim, uses, d->first, d->first + d->frames);
	}
	sparse_unmap(sim->maps, uses, bytes);
	return 0;
}

void oracle_audit(struct sim *sim)
{
	if (!sim->checked)
		return;
	for (size_t i = 0; i < sim->nr_domains; i++)
		if (audit_pins(sim, &sim->domain[i]) < 0)
			sim->error = -ENOMEM;
	if (audit_frames(sim) < 0 || oracle_audit_devices(sim) < 0)
		sim->error = -ENOMEM;
}
