/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * device.c - the IOMMU follows the handles of a mapper.
 *
 *                      first writer
 *          .------------------------------------.
 *          |      first reader      first writer v
 *        none --------------> read -----------> read and write
 *          ^ ^     last one    |  ^ last writer  |     |
 *          | `-----------------'  `--------------'     |
 *          `-------------------------------------------'
 *                       last of all
 *
 * A PV domain gives its devices machine addresses, so what it has mapped has
 * to be in its IOMMU tables, one to one, whichever parts a mapping has:
 * backends map a page for the host alone and let a device use it.  A handle
 * counts once, from its map until it is free, so that one that is unmapped
 * part by part does not take away what another one needs.  After XSA-380 had
 * made it count and until XSA-394 each unmap that succeeded took one off.
 *
 * Invariant, checked by gnttab_check() where that holds:
 *  (1) Each handle in use on another domain's frame counts once.
 *
 * Source: map_grant_ref, unmap_common and the maptree in
 * xen/common/grant_table.c, Xen master c447b7308b13.
 */
#include "gnttab/device.h"

#include <assert.h>
#include <stdlib.h>

#include "gnttab/grant_table.h"

static void level_free(void *node, unsigned level)
{
	void **child = node;

	for (unsigned i = 0; node && level > 1 && i < DEVICE_FANOUT; i++)
		level_free(child[i], level - 1);
	free(node);
}

void devices_fini(struct devices *devices)
{
	level_free(devices->root, DEVICE_LEVELS);
}

static void *level_new(unsigned level)
{
	return calloc(DEVICE_FANOUT,
		      level > 1 ? sizeof(void *) : sizeof(struct device_count));
}

/* The count of @mfn, which is made if it must; NULL if out of memory. */
static struct device_count *count_of(struct devices *devices, mfn_t mfn)
{
	void **at = &devices->root;

	for (unsigned level = DEVICE_LEVELS;; level--) {
		uint64_t index = mfn.n >> DEVICE_FANOUT_BITS * (level - 1);

		index %= DEVICE_FANOUT;
		if (!*at)
			*at = level_new(level);
		if (!*at)
			return NULL;
		if (level == 1)
			return (struct device_count *)*at + index;
		at = (void **)*at + index;
	}
}

static bool has_iommu(const struct grant_table *mapper,
		      const struct grant_table *granter)
{
	return mapper->who.iommu && mapper != granter;
}

/* Go from @old to @new; false, with nothing done, if the IOMMU cannot. */
static bool follow(struct cpu *cpu, struct domain *d, mfn_t mfn,
		   struct device_count old, struct device_count new)
{
	bool was = old.readers || old.writers, is = new.readers || new.writers;

	if (was && !is)
		machine_iommu_unmap(cpu, d, mfn);
	else if (was != is || !old.writers != !new.writers)
		return machine_iommu_map(cpu, d, mfn, new.writers);
	return true;
}

int16_t device_get(struct cpu *cpu, struct grant_table *mapper,
		   const struct grant_table *granter, mfn_t mfn, bool writable)
{
	struct devices *devices = &mapper->devices;
	struct device_count *count, new;
	bool done = false;

	if (!has_iommu(mapper, granter))
		return GNTST_okay;
	machine_lock(cpu, &devices->lock);
	count = count_of(devices, mfn);
	if (count) {
		new = *count;
		*(writable ? &new.writers : &new.readers) += 1;
		done = follow(cpu, mapper->who.machine, mfn, *count, new);
	}
	if (done) {
		*count = new;
		devices->handles++;
	}
	machine_unlock(cpu, &devices->lock);
	return done ? GNTST_okay : GNTST_general_error;
}

void device_put(struct cpu *cpu, struct grant_table *mapper,
		const struct grant_table *granter, mfn_t mfn, bool writable)
{
	struct devices *devices = &mapper->devices;
	struct device_count *count, new;
	uint32_t *left;

	if (!has_iommu(mapper, granter))
		return;
	machine_lock(cpu, &devices->lock);
	count = count_of(devices, mfn);
	assert(count); /* it has been counted */
	new = *count;
	left = writable ? &new.writers : &new.readers;
	/* At 0 too much was taken off before: Xen stopped here, a BUG(). */
	if (*left) {
		--*left;
		/* Less is always possible. */
		follow(cpu, mapper->who.machine, mfn, *count, new);
		*count = new;
		devices->handles--;
	}
	machine_unlock(cpu, &devices->lock);
}
