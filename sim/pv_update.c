/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pv_update.c - which changes of L1 entries a PV guest gets, and at what price.
 *
 *   new value ---- not present ----------------------------> written
 *        |-------- what matters to safety is as it was ----> written: the
 *        |         (not for a store that is emulated)        fast path
 *        `-------- anything else: the frame has to be the
 *                  guest's own, and take a reference ------> written, or
 *                                                            refused
 *
 * The fast path asks nobody whose frame it is.  So a guest may write A clear
 * into an entry that maps a grant, with the translation still cached: what
 * the flush decision reads then is what the guest wrote.  It may clear the
 * entry, too; its handle can no longer be unmapped there, and the granter's
 * reference stays in use.  MMU_PT_UPDATE_PRESERVE_AD leaves it no choice
 * about A and D; and a policy may leave none about A of a grant.
 *
 * What may change on the fast path: today A, D, G, US, NX and the bits that
 * hardware ignores; in 2014 all but frame, RW and P.
 *
 * Sources: mod_l1_entry(), FASTPATH_FLAG_WHITELIST and do_mmu_update(),
 * xen/arch/x86/mm.c; adjust_guest_l1e() and update_intpte(),
 * xen/arch/x86/pv/mm.h; ptwr_emulated_update(),
 * xen/arch/x86/pv/ro-page-fault.c, Xen master c447b7308b13; mod_l1_entry() of
 * f9cff088f470 (July 2014).
 */
#include "sim/pv_update.h"

#include "mmu/physmem.h"
#include "mmu/x86.h"
#include "sim/pgtab.h"
#include "sim/state.h"

/* Ignored by hardware, as bits 9 to 11: bits 52 to 62. */
#define PTE_AVAIL_HIGH (UINT64_C(0x7ff) << 52)
#define PTE_GUEST_KERNEL (UINT64_C(1) << 52)

/* What must stay for the fast path. */
static uint64_t guarded(const struct sim *sim)
{
	const uint64_t free_today = PTE_XD | PTE_AVAIL_HIGH | PTE_AVAIL |
				    PTE_G | PTE_D | PTE_A | PTE_US;

	if (sim->header->era == GNTTAB_ERA_2014)
		return PTE_FRAME | PTE_RW | PTE_P;
	return ~free_today;
}

/* Kernel and user run at privilege 3: what is not marked as the kernel's is
 * global, so that it stays cached when the guest switches between them. */
static uint64_t adjust(uint64_t value)
{
	if (!(value & PTE_P))
		return value;
	if (!(value & PTE_US))
		value |= PTE_GUEST_KERNEL | PTE_US;
	if (!(value & PTE_GUEST_KERNEL))
		value |= PTE_G;
	return value;
}

/* Take the reference that @value, which is present, stands for. */
static bool validate(struct domain *d, uint64_t value)
{
	return domain_of_frame(d->sim, pgtab_frame(value)) == d &&
	       pgtab_get(d->sim, value);
}

uint64_t pv_kept(const struct domain *d, uint64_t old, uint64_t value)
{
	if (!d->rules.policy->keeps_accessed || !(old & value & PTE_P) ||
	    domain_of_frame(d->sim, pgtab_frame(old)) == d)
		return 0;
	return old & PTE_A;
}

static void store(struct domain *d, paddr_t entry, uint64_t value,
		  enum pv_update way)
{
	struct sim *sim = d->sim;
	uint64_t old = physmem_read(sim->mem, entry);

	if (way == PV_UPDATE_PRESERVE_AD)
		value |= old & (PTE_A | PTE_D);
	else
		value |= pv_kept(d, old, value);
	pgtab_store(sim, entry, value);
}

/* The page is locked: only the hardware may change the entry meanwhile. */
static bool update_locked(struct domain *d, paddr_t entry, uint64_t value,
			  enum pv_update way)
{
	uint64_t old = physmem_read(d->sim->mem, entry);
	bool present = value & PTE_P;
	bool fast = present && way != PV_UPDATE_EMULATED &&
		    !((old ^ value) & guarded(d->sim));

	if (present && !fast && !validate(d, value))
		return false;
	store(d, entry, adjust(value), way);
	if (fast)
		return true;
	/* Of a grant: its handle can no longer be unmapped here. */
	marks_clear(d->sim->marks, entry);
	pgtab_put(d->sim, old);
	return true;
}

bool pv_update(struct cpu *cpu, paddr_t entry, uint64_t value,
	       enum pv_update way)
{
	struct domain *d = cpu->running;
	bool done;

	if (!machine_l1_lock(cpu, d, (maddr_t){ entry }))
		return false;
	buffer_lock(cpu, entry);
	done = update_locked(d, entry, value, way);
	machine_l1_unlock(cpu, (maddr_t){ entry });
	return done;
}
