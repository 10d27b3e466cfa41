/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model_gnttab_map.c - map and unmap, in the naive model. */
#include <string.h>

#include "tests/model_gnttab_ops.h"

#define NO_HANDLE UINT32_MAX
#define FRAME(pte) ((pte) >> 12 & 0xffffffffff)
#define PARTS (GNTMAP_host_map | GNTMAP_device_map)

/* ---- handles -------------------------------------------------------------
 */

/* One free handle is always left; 256 new ones go before it. */
static grant_handle_t handle_take(struct model *md, struct model_domain *d)
{
	grant_handle_t h;

	if (d->nr_free <= 1) {
		if (d->limit == md->rules->max_maptrack_frames * 256)
			return NO_HANDLE;
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

/* ---- map ------------------------------------------------------------------
 */

/* The entry at @addr as @caller would name it, or NULL. */
static uint64_t *entry_at(struct model *md, domid_t caller, uint64_t addr,
			  bool by_machine_address)
{
	uint64_t l1 = (caller * FAKE_GUEST_FRAMES + FAKE_DATA_FRAMES) * 4096ull;
	uint64_t n = (addr - FAKE_LINEAR) / 4096;

	if (by_machine_address) {
		if (addr % 8)
			return NULL;
		n = (addr - l1) / 8;
	}
	return n < FAKE_SLOTS ? model_pte(md, caller, n) : NULL;
}

static uint64_t entry_value(const struct model *md,
			    const struct model_mapping *mp)
{
	uint64_t pte = mp->mfn << 12 | 1ull << 63 | 5;

	pte |= model_writable(mp) ? 2 : 0;
	pte |= mp->flags & GNTMAP_application_map ? 0x100 : 1ull << 52;
	pte |= (uint64_t)(mp->flags >> 16 & 7) << 9;
	if (!md->rules->policy->clean_template)
		pte |= 0x60;
	return pte;
}

static int16_t number_set(struct model_domain *d,
			  const struct model_mapping *mp, uint64_t addr)
{
	uint64_t gfn = addr >> 12;

	if ((mp->flags & ~(uint32_t)GNTMAP_readonly) != GNTMAP_host_map ||
	    gfn >= FAKE_GUEST_FRAMES || d->granted[gfn])
		return GNTST_general_error;
	d->frame_at[gfn] = mp->mfn;
	d->granted[gfn] = true;
	d->writable[gfn] = model_writable(mp);
	return GNTST_okay;
}

static int16_t map_host(struct model *md, const struct model_mapping *mp,
			uint64_t addr)
{
	struct model_domain *d = &md->domains[mp->mapper];
	uint64_t *pte;

	if (!(mp->flags & GNTMAP_host_map))
		return GNTST_okay;
	if (d->external)
		return number_set(d, mp, addr);
	pte = entry_at(md, mp->mapper, addr, mp->flags & GNTMAP_contains_pte);
	if (!pte)
		return GNTST_general_error;
	*pte = entry_value(md, mp);
	return GNTST_okay;
}

/* With a handle: claim and make the host part. */
static int16_t map_with(struct model *md, struct model_mapping *mp,
			uint64_t addr)
{
	int16_t status = model_claim(md, mp, MODEL_MAP);

	if (status != GNTST_okay)
		return status;
	status = map_host(md, mp, addr);
	if (status != GNTST_okay)
		model_forget(md, md->nr_mappings - 1);
	else
		md->mappings[md->nr_mappings - 1].flags &= 0xffff;
	return status;
}

void model_map(struct model *md, domid_t caller, gnttab_map_grant_ref_t *op)
{
	const uint32_t pv = GNTMAP_device_map | GNTMAP_application_map |
			    GNTMAP_contains_pte;
	struct model_domain *d = &md->domains[caller];
	struct model_mapping mp = {
		.mapper = caller,
		.granter = op->dom,
		.ref = op->ref,
		.flags = op->flags,
	};

	op->status = GNTST_bad_gntref;
	if (!(op->flags & PARTS))
		return;
	op->status = GNTST_general_error;
	if (d->external && (op->flags & pv))
		return;
	op->status = GNTST_bad_domain;
	if (op->dom >= FAKE_DOMAINS)
		return;
	op->status = md->rules->era == GNTTAB_ERA_2014 ? GNTST_no_device_space
						       : GNTST_no_space;
	mp.handle = handle_take(md, d);
	if (mp.handle == NO_HANDLE)
		return;
	op->status = map_with(md, &mp, op->host_addr);
	if (op->status != GNTST_okay) {
		handle_put(d, mp.handle);
		return;
	}
	op->handle = mp.handle;
	op->dev_bus_addr = mp.mfn << 12;
}

/* ---- unmap and replace ----------------------------------------------------
 */

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

static int16_t number_clear(struct model_domain *d,
			    const struct model_mapping *mp, uint64_t addr,
			    uint64_t new_addr)
{
	uint64_t gfn = addr >> 12;

	if (new_addr || gfn >= FAKE_GUEST_FRAMES || !d->granted[gfn] ||
	    d->frame_at[gfn] != mp->mfn ||
	    d->writable[gfn] != model_writable(mp))
		return GNTST_general_error;
	d->granted[gfn] = false;
	d->frame_at[gfn] = FAKE_NOWHERE;
	return GNTST_okay;
}

static int16_t unmap_host(struct model *md, const struct model_mapping *mp,
			  uint64_t addr, uint64_t new_addr, bool *accessed)
{
	struct model_domain *d = &md->domains[mp->mapper];
	bool by_entry = mp->flags & GNTMAP_contains_pte;
	uint64_t new = 0, *stolen, *pte;

	if (d->external)
		return number_clear(d, mp, addr, new_addr);
	if (new_addr) {
		stolen = entry_at(md, mp->mapper, new_addr, false);
		if (by_entry || !stolen)
			return GNTST_general_error;
		new = *stolen;
		*stolen = 0;
	}
	pte = entry_at(md, mp->mapper, addr, by_entry);
	if (!pte || FRAME(*pte) != mp->mfn ||
	    (*pte & 3) != (model_writable(mp) ? 3 : 1))
		return GNTST_general_error;
	*accessed = zap(md, mp, pte, new);
	return GNTST_okay;
}

/* In 2014 what is below the frame number did not count. */
static int16_t device_status(const struct model *md, uint64_t bus, uint64_t mfn)
{
	if (md->rules->era == GNTTAB_ERA_2014)
		return bus >> 12 == mfn ? GNTST_okay : GNTST_general_error;
	return bus == mfn << 12 ? GNTST_okay : GNTST_bad_dev_addr;
}

static int16_t unmap_parts(struct model *md, struct model_mapping *mp,
			   uint64_t addr, uint64_t new_addr, uint64_t bus,
			   bool *accessed)
{
	bool device = bus && (mp->flags & GNTMAP_device_map);
	int16_t status = GNTST_okay;

	if (device)
		status = device_status(md, bus, mp->mfn);
	if (status != GNTST_okay)
		return status;
	if (addr && (mp->flags & GNTMAP_host_map)) {
		status = unmap_host(md, mp, addr, new_addr, accessed);
		if (status != GNTST_okay)
			return status;
		mp->flags &= ~GNTMAP_host_map;
	}
	if (device)
		mp->flags &= ~GNTMAP_device_map;
	return GNTST_okay;
}

static int16_t unmap(struct model *md, domid_t caller, grant_handle_t h,
		     uint64_t addr, uint64_t new_addr, uint64_t bus,
		     bool *accessed)
{
	const struct model_mapping *found = model_find(md, caller, h);
	struct model_mapping *mp;
	int16_t status;

	if (!found)
		return GNTST_bad_handle;
	mp = &md->mappings[found - md->mappings];
	status = unmap_parts(md, mp, addr, new_addr, bus, accessed);
	if (mp->flags & PARTS)
		return status;
	handle_put(&md->domains[caller], h);
	model_forget(md, mp - md->mappings);
	return status;
}

void model_unmap(struct model *md, domid_t caller, gnttab_unmap_grant_ref_t *op,
		 bool *accessed)
{
	op->status = unmap(md, caller, op->handle, op->host_addr, 0,
			   op->dev_bus_addr, accessed);
}

void model_replace(struct model *md, domid_t caller,
		   gnttab_unmap_and_replace_t *op, bool *accessed)
{
	op->status = unmap(md, caller, op->handle, op->host_addr, op->new_addr,
			   0, accessed);
}
