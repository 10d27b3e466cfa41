/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dma.c - the IOMMU of a domain: its tables as the grant code has them, its
 * IOTLB, and devices that use both.
 *
 *   map, unmap --> machine_iommu_map(), machine_iommu_unmap()
 *                      | entry of the tables         | IOTLB, at once or late
 *                      v                             v
 *   dma_read, dma_write ------------------> address or fault
 *
 * A PV domain gives its devices machine addresses, so bus address and machine
 * address are one.  The domain's own memory is always in the tables; an access
 * to it is counted, and has nothing more to show.  Nothing here is charged in
 * cycles: the IOMMU waits, not the CPU's translation.
 *
 * Source: iommu_legacy_map(), iommu_legacy_unmap(),
 * xen/drivers/passthrough/iommu.c; Xen Security Advisory 346 (a flush that
 * came after the last reference was dropped).
 */
#include "sim/dma.h"

#include <errno.h>
#include <inttypes.h>

#include "sim/state.h"

/* ---- what the grant code asks for ------------------------------------ */

static void forget_page(struct domain *d, mfn_t mfn)
{
	if (d->sim->header->iotlb_flush == IOTLB_FLUSH_LATE) {
		d->iotlb_unsynced = true;
		return;
	}
	sim_count(d->sim, COUNTER_flush_iotlb, 1);
	iommu_drop_page(d->iommu, mfn.n);
}

void dma_settle(struct domain *d)
{
	if (!d->iotlb_unsynced)
		return;
	d->iotlb_unsynced = false;
	sim_count(d->sim, COUNTER_flush_iotlb, 1);
	iommu_drop_all(d->iommu);
}

/* An entry that led nowhere cannot be held. */
static void set_entry(struct domain *d, mfn_t mfn, uint64_t entry)
{
	uint64_t old = iommu_entry(d->iommu, mfn.n);

	iommu_set_entry(d->iommu, mfn.n, entry);
	if (old)
		forget_page(d, mfn);
}

bool machine_iommu_map(struct cpu *cpu, struct domain *d, mfn_t mfn,
		       bool writable)
{
	uint64_t rights = writable ? IOMMU_READ | IOMMU_WRITE : IOMMU_READ;

	sim_cross(cpu, CROSS_iommu_map);
	sim_touch_all(cpu->sim);
	set_entry(d, mfn, mfn.n * FRAME_BYTES | rights);
	return true;
}

void machine_iommu_unmap(struct cpu *cpu, struct domain *d, mfn_t mfn)
{
	sim_cross(cpu, CROSS_iommu_unmap);
	sim_touch_all(cpu->sim);
	set_entry(d, mfn, 0);
}

/* ---- devices --------------------------------------------------------- */

/* The bus address that @op names. */
static int find_address(struct sim *sim, const struct event *event,
			const struct op *op, uint64_t *at)
{
	const struct binding *found = NULL;

	*at = op->at;
	if (op->at_given)
		return 0;
	if (op->label.name >= 0)
		found = handles_get(&sim->handles, op->label);
	if (found && found->handle != HANDLE_OF_FAILED) {
		*at = found->bus;
		return 0;
	}
	diag_error(sim->diags, sim_place(event->place, op),
		   "no bus address is known by this handle");
	diag_hint(sim->diags, "name one that was mapped, or say 'at'");
	return -EBADMSG;
}

static void access(struct domain *d, uint64_t at, bool write)
{
	struct sim *sim = d->sim;
	struct iommu_result result;

	sim_count(sim, COUNTER_dma_accesses, 1);
	if (domain_of_frame(sim, (mfn_t){ at / FRAME_BYTES }) == d)
		return;
	result = iommu_access(d->iommu, at, write);
	sim_count(sim, COUNTER_dma_faults, result.fault);
	sim_count(sim, COUNTER_dma_iotlb_hits, result.hit);
	if (!result.stale)
		return;
	sim_count(sim, COUNTER_dma_stale_uses, 1);
	oracle_stale_dma(sim, d, at, write);
}

int ev_dma(struct sim *sim, const struct event *event)
{
	struct domain *d = sim_domain(sim, event, event->domain);
	uint64_t at;

	if (!d)
		return -EBADMSG;
	if (!d->iommu) {
		diag_error(sim->diags, event->place,
			   "domain %u has no IOMMU before its devices", d->id);
		diag_hint(sim->diags, "say 'iommu: true' in 'domains'");
		return -EBADMSG;
	}
	for (size_t i = 0; i < event->nr_ops; i++) {
		if (find_address(sim, event, &event->ops[i], &at) < 0)
			return -EBADMSG;
		access(d, at, event->kind == EVENT_dma_write);
	}
	return 0;
}
