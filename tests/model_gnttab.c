/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model_gnttab.c - a naive model of the grant operations. */
#include "tests/model_gnttab.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#define CLAIM UINT32_MAX
#define FRAME(pte) ((pte) >> 12 & 0xffffffffff)

static bool writable(const struct model_mapping *mp)
{
	return !(mp->flags & GNTMAP_readonly);
}

/* ---- what follows from the list ---------------------------------------- */

/* How much one mapping adds to the pin word. */
static uint32_t pins(const struct model_mapping *mp)
{
	uint32_t host = writable(mp) ? 1 : 1 << 8;

	return (mp->flags & GNTMAP_host_map ? host : 0) +
	       (mp->flags & GNTMAP_device_map ? host << 16 : 0);
}

uint32_t model_pin(const struct model *md, domid_t granter, grant_ref_t ref)
{
	uint32_t pin = 0;

	for (unsigned i = 0; i < md->nr_mappings; i++) {
		const struct model_mapping *mp = &md->mappings[i];

		if (mp->granter == granter && mp->ref == ref)
			pin += pins(mp);
	}
	return pin;
}

uint16_t model_flags(const struct model *md, domid_t granter, grant_ref_t ref,
		     uint32_t pin)
{
	return md->domains[granter].gtf[ref] | (pin ? GTF_reading : 0) |
	       (pin & 0x00ff00ff ? GTF_writing : 0);
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

static const struct model_mapping *first(const struct model *md,
					 domid_t granter, grant_ref_t ref)
{
	for (unsigned i = 0; i < md->nr_mappings; i++) {
		const struct model_mapping *mp = &md->mappings[i];

		if (mp->granter == granter && mp->ref == ref)
			return mp;
	}
	return NULL;
}

void model_frame(const struct model *md, uint64_t mfn, unsigned *refs,
		 unsigned *writers)
{
	*refs = *writers = 0;
	for (unsigned d = 0; d < FAKE_DOMAINS; d++) {
		for (unsigned i = 0; i < FAKE_SLOTS; i++) {
			uint64_t pte = md->domains[d].pte[i];

			if (!(pte & 1) || FRAME(pte) != mfn)
				continue;
			++*refs;
			*writers += pte >> 1 & 1;
		}
	}
	for (unsigned i = 0; i < md->nr_mappings; i++) {
		const struct model_mapping *mp = &md->mappings[i];

		if (mp->mfn != mfn || !(mp->flags & GNTMAP_device_map))
			continue;
		++*refs;
		*writers += writable(mp);
	}
}

uint64_t *model_entry(struct model *md, domid_t caller, uint64_t addr,
		      bool by_machine_address)
{
	uint64_t l1 = (caller * FAKE_GUEST_FRAMES + FAKE_DATA_FRAMES) * 4096ull;
	uint64_t n = (addr - FAKE_LINEAR) / 4096;

	if (by_machine_address) {
		if (addr % 8)
			return NULL;
		n = (addr - l1) / 8;
	}
	return n < FAKE_SLOTS ? &md->domains[caller].pte[n] : NULL;
}

/* ---- handles ----------------------------------------------------------- */

/* One free handle is always left; 256 new ones go before it. */
static grant_handle_t handle_take(struct model *md, struct model_domain *d)
{
	grant_handle_t h;

	if (d->nr_free <= 1) {
		if (d->limit == md->rules->max_maptrack_frames * 256)
			return CLAIM;
		memmove(d->free + 256, d->free, d->nr_free * sizeof(*d->free));
		for (unsigned i = 0; i < 256; i++)
			d->free[i] = d->limit++;
		d->nr_free += 256;
	}
	h = d->free[0];
	memmove(d->free, d->free + 1, --d->nr_free * sizeof(*d->free));
	return h;
}

static void handle_put(struct model_domain *d, grant_handle_t h)
{
	d->free[d->nr_free++] = h;
}

/* ---- map ----------------------------------------------------------------- */

/* May @mp->mapper use the reference, for this?  Sets mfn. */
static int16_t admit(const struct model *md, struct model_mapping *mp,
		     bool sub_page_too)
{
	const struct model_domain *g = &md->domains[mp->granter];
	const struct model_mapping *pinned = first(md, mp->granter, mp->ref);
	uint16_t gtf = mp->ref < MODEL_REFS ? g->gtf[mp->ref] : 0;
	uint64_t gfn;
	uint32_t pin = model_pin(md, mp->granter, mp->ref);
	bool new_writer = writable(mp) && !(pin & 0x00ff00ff);

	if (mp->ref >= 512)
		return GNTST_bad_gntref;
	if (pinned) {
		if (pinned->mapper != mp->mapper)
			return GNTST_general_error;
		if (pin & pins(mp) * 0x80) /* 128 of a kind */
			return GNTST_general_error;
		gfn = pinned->mfn - mp->granter * FAKE_GUEST_FRAMES;
	} else {
		if ((gtf & 3) != 1 || g->grantee[mp->ref] != mp->mapper ||
		    ((gtf & GTF_sub_page) && !sub_page_too))
			return GNTST_general_error;
		gfn = g->gfn[mp->ref];
	}
	if (new_writer && (gtf & GTF_readonly))
		return GNTST_general_error;
	if (!pinned && gfn >= FAKE_GUEST_FRAMES)
		return GNTST_bad_page;
	if (!pinned && gfn == md->paged_out)
		return GNTST_eagain;
	if (writable(mp) && gfn >= FAKE_DATA_FRAMES)
		return GNTST_general_error;
	mp->mfn = mp->granter * FAKE_GUEST_FRAMES + gfn;
	return GNTST_okay;
}

static uint64_t entry_value(const struct model *md,
			    const struct model_mapping *mp)
{
	uint64_t pte = mp->mfn << 12 | 1ull << 63 | 5;

	pte |= writable(mp) ? 2 : 0;
	pte |= mp->flags & GNTMAP_application_map ? 0x100 : 1ull << 52;
	pte |= (uint64_t)(mp->flags >> 16 & 7) << 9;
	if (!md->rules->policy->clean_template)
		pte |= 0x60;
	return pte;
}

static int16_t map_entry(struct model *md, const struct model_mapping *mp,
			 uint64_t addr)
{
	uint64_t *pte;

	if (!(mp->flags & GNTMAP_host_map))
		return GNTST_okay;
	pte = model_entry(md, mp->mapper, addr,
			  mp->flags & GNTMAP_contains_pte);
	if (!pte)
		return GNTST_general_error;
	*pte = entry_value(md, mp);
	return GNTST_okay;
}

static void map(struct model *md, domid_t caller, gnttab_map_grant_ref_t *op)
{
	struct model_domain *d = &md->domains[caller];
	struct model_mapping mp = {
		.mapper = caller,
		.granter = op->dom,
		.ref = op->ref,
		.flags = op->flags,
	};

	op->status = GNTST_bad_gntref;
	if (!(op->flags & (GNTMAP_host_map | GNTMAP_device_map)))
		return;
	op->status = GNTST_bad_domain;
	if (op->dom >= FAKE_DOMAINS)
		return;
	op->status = GNTST_no_space;
	mp.handle = handle_take(md, d);
	if (mp.handle == CLAIM)
		return;
	op->status = admit(md, &mp, false);
	if (op->status == GNTST_okay)
		op->status = map_entry(md, &mp, op->host_addr);
	if (op->status != GNTST_okay) {
		handle_put(d, mp.handle);
		return;
	}
	op->handle = mp.handle;
	op->dev_bus_addr = mp.mfn << 12;
	mp.flags &= 0xffff;
	assert(md->nr_mappings < MODEL_MAPPINGS);
	md->mappings[md->nr_mappings++] = mp;
}

/* ---- unmap and replace ------------------------------------------------- */

static void forget(struct model *md, const struct model_mapping *mp)
{
	unsigned i = mp - md->mappings;

	memmove(&md->mappings[i], &md->mappings[i + 1],
		(--md->nr_mappings - i) * sizeof(*mp));
}

/* What replacing the entry by @new says about A. */
static bool zap(const struct model *md, const struct model_mapping *mp,
		uint64_t *pte, uint64_t new)
{
	const struct gnttab_policy *p = md->rules->policy;
	uint64_t old = *pte;

	*pte = new;
	if (md->rules->update == GNTTAB_UPDATE_CMPXCHG_PRESERVE)
		*pte |= old & 0x60;
	if (mp->flags & GNTMAP_contains_pte) {
		if (p->contains_pte == GNTTAB_PTE_NOT_ACCESSED)
			return false;
		if (p->contains_pte == GNTTAB_PTE_ACCESSED)
			return true;
	}
	return (p->read_back ? *pte & 0x20 : old & 0x20) ||
	       (p->present_counts && (new & 1));
}

static int16_t unmap_host(struct model *md, const struct model_mapping *mp,
			  uint64_t addr, uint64_t new_addr, bool *accessed)
{
	bool by_entry = mp->flags & GNTMAP_contains_pte;
	uint64_t new = 0, *stolen, *pte;

	if (new_addr) {
		stolen = model_entry(md, mp->mapper, new_addr, false);
		if (by_entry || !stolen)
			return GNTST_general_error;
		new = *stolen;
		*stolen = 0;
	}
	pte = model_entry(md, mp->mapper, addr, by_entry);
	if (!pte || FRAME(*pte) != mp->mfn ||
	    (*pte & 3) != (writable(mp) ? 3 : 1))
		return GNTST_general_error;
	*accessed = zap(md, mp, pte, new);
	return GNTST_okay;
}

static int16_t unmap(struct model *md, domid_t caller, grant_handle_t h,
		     uint64_t addr, uint64_t new_addr, uint64_t bus,
		     bool *accessed)
{
	const struct model_mapping *found = model_find(md, caller, h);
	struct model_mapping *mp;
	bool device;
	int16_t status;

	if (!found || h == CLAIM)
		return GNTST_bad_handle;
	mp = &md->mappings[found - md->mappings];
	device = bus && (mp->flags & GNTMAP_device_map);
	if (device && bus != mp->mfn << 12)
		return GNTST_bad_dev_addr;
	if (addr && (mp->flags & GNTMAP_host_map)) {
		status = unmap_host(md, mp, addr, new_addr, accessed);
		if (status != GNTST_okay)
			return status;
		mp->flags &= ~GNTMAP_host_map;
	}
	if (device)
		mp->flags &= ~GNTMAP_device_map;
	if (mp->flags & (GNTMAP_host_map | GNTMAP_device_map))
		return GNTST_okay;
	handle_put(&md->domains[caller], h);
	forget(md, mp);
	return GNTST_okay;
}

static void decide(struct model *md, domid_t caller, bool accessed)
{
	const struct gnttab_policy *p = md->rules->policy;
	struct gnttab_counters *c = &md->domains[caller].counters;
	bool flush = accessed || p->trust == GNTTAB_TRUST_NOBODY ||
		     (p->trust == GNTTAB_TRUST_HARDWARE_DOMAIN && caller) ||
		     (p->not_on_amd && md->rules->amd);

	md->flushes += flush + p->always_flush;
	c->batches++;
	c->batches_flushed += flush || p->always_flush;
	*(flush ? &c->flush_done : &c->flush_avoided) += 1;
}

/* ---- copy -----------------------------------------------------------------
 */

/* The status of one end, and in @mp its claim, if by reference. */
static int16_t end_check(const struct model *md, domid_t caller, bool by_ref,
			 const struct gnttab_copy_ptr *ptr, bool write,
			 struct model_mapping *mp)
{
	*mp = (struct model_mapping){
		.mapper = caller,
		.granter = ptr->domid == DOMID_SELF ? caller : ptr->domid,
		.ref = ptr->u.ref,
		.handle = CLAIM,
		.flags = GNTMAP_host_map | (write ? 0 : GNTMAP_readonly),
	};
	if (by_ref)
		return admit(md, mp, true);
	if (ptr->u.gmfn >= FAKE_GUEST_FRAMES)
		return GNTST_bad_page;
	if (ptr->u.gmfn == md->paged_out)
		return GNTST_eagain;
	return write && ptr->u.gmfn >= FAKE_DATA_FRAMES ? GNTST_general_error
							: GNTST_okay;
}

static int16_t domain_check(const struct gnttab_copy_ptr *ptr, bool by_ref)
{
	if (ptr->domid == DOMID_SELF)
		return GNTST_okay;
	if (!by_ref)
		return GNTST_permission_denied;
	return ptr->domid < FAKE_DOMAINS ? GNTST_okay : GNTST_bad_domain;
}

/* Claims between operations change no status here: each operation starts
 * anew, with its source claimed while the destination is looked at. */
static int16_t copy(struct model *md, domid_t caller, const gnttab_copy_t *op)
{
	bool source = op->flags & GNTCOPY_source_gref;
	bool dest = op->flags & GNTCOPY_dest_gref;
	struct model_mapping mp, other;
	int16_t status;

	if (!op->len)
		return GNTST_okay;
	status = domain_check(&op->source, source);
	if (status == GNTST_okay)
		status = domain_check(&op->dest, dest);
	if (status == GNTST_okay)
		status = end_check(md, caller, source, &op->source, false, &mp);
	if (status != GNTST_okay)
		return status;
	if (source)
		md->mappings[md->nr_mappings++] = mp;
	status = end_check(md, caller, dest, &op->dest, true, &other);
	if (source)
		md->nr_mappings--;
	if (status != GNTST_okay)
		return status;
	return op->source.offset + op->len > 4096 ||
			       op->dest.offset + op->len > 4096
		       ? GNTST_bad_copy_arg
		       : GNTST_okay;
}

/* ---- hypercalls ------------------------------------------------------------
 */

static void one(struct model *md, domid_t caller, unsigned cmd, void *op,
		bool *accessed)
{
	gnttab_unmap_grant_ref_t *u = op;
	gnttab_unmap_and_replace_t *r = op;
	gnttab_copy_t *c = op;

	if (cmd == GNTTABOP_map_grant_ref)
		map(md, caller, op);
	else if (cmd == GNTTABOP_copy)
		c->status = copy(md, caller, c);
	else if (cmd == GNTTABOP_unmap_grant_ref)
		u->status = unmap(md, caller, u->handle, u->host_addr, 0,
				  u->dev_bus_addr, accessed);
	else
		r->status = unmap(md, caller, r->handle, r->host_addr,
				  r->new_addr, 0, accessed);
}

static size_t op_size(unsigned cmd)
{
	return cmd == GNTTABOP_map_grant_ref ? 32
	       : cmd == GNTTABOP_copy	     ? 40
					     : 24;
}

/* After operation @i of @n, or a fault. */
static void end_of_batch(struct model *md, domid_t caller, unsigned cmd,
			 bool faulted, bool accessed)
{
	if (cmd == GNTTABOP_map_grant_ref || cmd == GNTTABOP_copy)
		return;
	if (faulted || cmd == GNTTABOP_unmap_and_replace)
		md->flushes++;
	else
		decide(md, caller, accessed);
}

int model_call(struct model *md, domid_t caller, unsigned cmd, void *ops,
	       unsigned n, unsigned fault, bool preempt)
{
	bool base = md->rules->policy->default_accessed, accessed = false,
	     one_a;
	struct gnttab_counters *c = &md->domains[caller].counters;
	uint8_t *op = ops, saved[40];
	size_t size = op_size(cmd);

	c->unmap_operations += cmd == GNTTABOP_unmap_grant_ref;
	for (unsigned i = 0; i < n; i++, op += size) {
		if (fault == 2 * i)
			break;
		one_a = base;
		memcpy(saved, op, size);
		one(md, caller, cmd, op, &one_a);
		if (fault == 2 * i + 1) {
			memcpy(op, saved, size); /* the result is lost */
			break;
		}
		accessed |= one_a;
		if (i % 32 != 31 && i + 1 != n)
			continue;
		end_of_batch(md, caller, cmd, false, accessed);
		accessed = false;
		if (preempt && i + 1 != n)
			c->unmap_operations += cmd == GNTTABOP_unmap_grant_ref;
	}
	if (fault >= 2 * n)
		return 0;
	end_of_batch(md, caller, cmd, true, accessed);
	return -EFAULT;
}
