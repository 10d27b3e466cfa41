/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model_gnttab.c - a naive model of the grant operations. */
#include "tests/model_gnttab.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "tests/model_gnttab_ops.h"

#define FRAME(pte) ((pte) >> 12 & 0xffffffffff)

void model_init(struct model *md, const struct gnttab_rules *rules,
		bool external)
{
	memset(md, 0, sizeof(*md));
	md->rules = rules;
	for (domid_t i = 0; i < FAKE_DOMAINS; i++) {
		struct model_domain *d = &md->domains[i];

		d->external = external && i == 0;
		d->owned = FAKE_GUEST_FRAMES;
		d->version = 1;
		d->nr_frames = 1;
		for (unsigned gfn = 0; gfn < FAKE_GUEST_FRAMES; gfn++)
			d->frame_at[gfn] = i * FAKE_GUEST_FRAMES + gfn;
		for (unsigned gfn = 0; gfn < FAKE_GUEST_FRAMES; gfn++)
			md->owner_of[d->frame_at[gfn]] = i;
	}
}

/* ---- the list ------------------------------------------------------------
 */

void model_add(struct model *md, const struct model_mapping *mp)
{
	assert(md->nr_mappings < MODEL_MAPPINGS);
	md->mappings[md->nr_mappings++] = *mp;
}

void model_forget(struct model *md, unsigned i)
{
	memmove(&md->mappings[i], &md->mappings[i + 1],
		(--md->nr_mappings - i) * sizeof(*md->mappings));
}

const struct model_mapping *model_find(const struct model *md, domid_t mapper,
				       grant_handle_t handle)
{
	for (unsigned i = 0; i < md->nr_mappings; i++) {
		const struct model_mapping *mp = &md->mappings[i];

		if (mp->mapper == mapper && mp->handle == handle)
			return mp;
	}
	return NULL;
}

/* ---- what follows from it ------------------------------------------------
 */

bool model_writable(const struct model_mapping *mp)
{
	return !(mp->flags & GNTMAP_readonly);
}

/* How much one mapping adds to the pin word. */
uint32_t model_pins(const struct model_mapping *mp)
{
	uint32_t host = model_writable(mp) ? 1 : 1 << 8;

	return (mp->flags & GNTMAP_host_map ? host : 0) +
	       (mp->flags & GNTMAP_device_map ? host << 16 : 0);
}

uint32_t model_pin(const struct model *md, domid_t granter, grant_ref_t ref)
{
	uint32_t pin = 0;

	for (unsigned i = 0; i < md->nr_mappings; i++) {
		const struct model_mapping *mp = &md->mappings[i];

		if (mp->granter == granter && mp->ref == ref)
			pin += model_pins(mp);
	}
	return pin;
}

uint16_t model_status(const struct model *md, domid_t granter, grant_ref_t ref)
{
	uint32_t pin = model_pin(md, granter, ref);

	return (pin ? GTF_reading : 0) | (pin & 0x00ff00ff ? GTF_writing : 0);
}

unsigned model_words(const struct model *md, domid_t granter, grant_ref_t ref,
		     uint32_t words[4])
{
	const struct model_domain *d = &md->domains[granter];
	const struct model_grant *g = &d->grants[ref];

	words[0] = (uint32_t)g->domid << 16 | g->flags;
	if (d->version == 1) {
		words[0] |= model_status(md, granter, ref);
		words[1] = g->frame;
		return 2;
	}
	words[1] = g->second;
	words[2] = g->frame;
	words[3] = g->frame >> 32;
	return 4;
}

unsigned model_entries(const struct model_domain *d)
{
	return d->nr_frames * (d->version == 1 ? 512 : 256);
}

/* One holds 2048 words. */
unsigned model_status_frames(const struct model_domain *d)
{
	return d->version == 1 ? 0 : (model_entries(d) + 2047) / 2048;
}

uint64_t *model_pte(struct model *md, domid_t d, unsigned n)
{
	unsigned mfn = d * FAKE_GUEST_FRAMES + FAKE_DATA_FRAMES + n / 512;

	return (uint64_t *)(void *)&md->memory[mfn][n % 512 * 8];
}

static void count(bool write, unsigned *refs, unsigned *writers)
{
	++*refs;
	*writers += write;
}

void model_frame(struct model *md, uint64_t mfn, unsigned *refs,
		 unsigned *writers)
{
	*refs = *writers = 0;
	for (unsigned d = 0; d < FAKE_DOMAINS; d++) {
		for (unsigned i = 0; i < FAKE_SLOTS; i++) {
			uint64_t pte = *model_pte(md, d, i);

			if ((pte & 1) && FRAME(pte) == mfn)
				count(pte & 2, refs, writers);
		}
	}
	for (unsigned i = 0; i < md->nr_mappings; i++) {
		const struct model_mapping *mp = &md->mappings[i];
		bool number = md->domains[mp->mapper].external &&
			      (mp->flags & GNTMAP_host_map);

		if (mp->mfn != mfn)
			continue;
		if (number || (mp->flags & GNTMAP_device_map))
			count(model_writable(mp), refs, writers);
	}
}

/* ---- flushes -------------------------------------------------------------
 */

void model_flush(struct model *md, domid_t d)
{
	md->flushes += !md->domains[d].external;
}

static void decide(struct model *md, domid_t caller, bool accessed)
{
	const struct gnttab_policy *p = md->rules->policy;
	struct gnttab_counters *c = &md->domains[caller].counters;
	bool flush = accessed || p->trust == GNTTAB_TRUST_NOBODY ||
		     (p->trust == GNTTAB_TRUST_HARDWARE_DOMAIN && caller) ||
		     (p->not_on_amd && md->rules->amd);

	if (md->domains[caller].external)
		return;
	md->flushes += flush + p->always_flush;
	c->batches++;
	c->batches_flushed += flush || p->always_flush;
	*(flush ? &c->flush_done : &c->flush_avoided) += 1;
}

/* ---- hypercalls ----------------------------------------------------------
 */

static const uint8_t op_sizes[] = {
	[GNTTABOP_map_grant_ref] = sizeof(gnttab_map_grant_ref_t),
	[GNTTABOP_unmap_grant_ref] = sizeof(gnttab_unmap_grant_ref_t),
	[GNTTABOP_setup_table] = sizeof(gnttab_setup_table_t),
	[GNTTABOP_transfer] = sizeof(gnttab_transfer_t),
	[GNTTABOP_copy] = sizeof(gnttab_copy_t),
	[GNTTABOP_query_size] = sizeof(gnttab_query_size_t),
	[GNTTABOP_unmap_and_replace] = sizeof(gnttab_unmap_and_replace_t),
	[GNTTABOP_set_version] = sizeof(gnttab_set_version_t),
	[GNTTABOP_get_status_frames] = sizeof(gnttab_get_status_frames_t),
	[GNTTABOP_get_version] = sizeof(gnttab_get_version_t),
	[GNTTABOP_swap_grant_ref] = sizeof(gnttab_swap_grant_ref_t),
};

size_t model_op_size(unsigned cmd)
{
	return cmd < sizeof(op_sizes) ? op_sizes[cmd] : 0;
}

static void one(struct model *md, domid_t caller, unsigned cmd, void *op,
		bool *accessed)
{
	switch (cmd) {
	case GNTTABOP_map_grant_ref:
		model_map(md, caller, op);
		return;
	case GNTTABOP_unmap_grant_ref:
		model_unmap(md, caller, op, accessed);
		return;
	case GNTTABOP_unmap_and_replace:
		model_replace(md, caller, op, accessed);
		return;
	case GNTTABOP_copy:
		model_copy(md, caller, op);
		return;
	case GNTTABOP_transfer:
		model_transfer(md, caller, op);
		return;
	default:
		model_swap(md, caller, op);
	}
}

/* All but these come as arrays. */
static bool is_single(unsigned cmd)
{
	return cmd == GNTTABOP_setup_table || cmd == GNTTABOP_query_size ||
	       cmd == GNTTABOP_set_version || cmd == GNTTABOP_get_version ||
	       cmd == GNTTABOP_get_status_frames;
}

static void end_of_batch(struct model *md, domid_t caller, unsigned cmd,
			 bool faulted, bool accessed)
{
	if (faulted || cmd == GNTTABOP_unmap_and_replace)
		model_flush(md, caller);
	else
		decide(md, caller, accessed);
}

/* One operation after the other; unmaps in batches of 32. */
static int array(struct model *md, domid_t caller, unsigned cmd, uint8_t *op,
		 unsigned n, unsigned fault, bool preempt)
{
	bool unmaps = cmd == GNTTABOP_unmap_grant_ref ||
		      cmd == GNTTABOP_unmap_and_replace;
	bool base = md->rules->policy->default_accessed, accessed = false;
	struct gnttab_counters *c = &md->domains[caller].counters;
	size_t size = op_sizes[cmd];
	uint8_t saved[40];

	c->unmap_operations += cmd == GNTTABOP_unmap_grant_ref;
	for (unsigned i = 0; i < n; i++, op += size) {
		bool one_a = base;

		if (fault == 2 * i)
			break;
		memcpy(saved, op, size);
		one(md, caller, cmd, op, &one_a);
		if (preempt)
			model_copy_end(md);
		if (fault == 2 * i + 1) {
			memcpy(op, saved, size); /* the result is lost */
			break;
		}
		accessed |= one_a;
		if (!unmaps || (i % 32 != 31 && i + 1 != n))
			continue;
		end_of_batch(md, caller, cmd, false, accessed);
		accessed = false;
		if (preempt && i + 1 != n)
			c->unmap_operations += cmd == GNTTABOP_unmap_grant_ref;
	}
	model_copy_end(md);
	if (fault >= 2 * n)
		return 0;
	if (unmaps)
		end_of_batch(md, caller, cmd, true, false);
	return -EFAULT;
}

int model_call(struct model *md, domid_t caller, unsigned cmd, void *ops,
	       unsigned n, unsigned fault, bool preempt)
{
	if (!model_op_size(cmd))
		return -ENOSYS;
	if (is_single(cmd))
		return model_single(md, caller, cmd, ops, n, fault);
	return array(md, caller, cmd, ops, n, fault, preempt);
}
