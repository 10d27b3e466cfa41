/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pv.c - write and zap the L1 entries that map granted frames.
 *
 *      63  62..53  52        51 .. 12    11..9  8  7  6 5  4   3   2  1  0
 *     [NX |  -   |kernel|    frame     | avail |G |- |D|A|PCD|PWT|US|RW|P ]
 *      1                                               ^
 *                                                      the flush decision
 *
 * "kernel" is the hypervisor's mark of a page for the guest's kernel.  A
 * 64-bit guest's kernel runs in ring 3, so every mapping gets US; one for the
 * kernel alone is marked, any other is global, as such a guest expects.
 *
 * Sources: xen/arch/x86/pv/grant_table.c (create_grant_pv_mapping,
 * replace_grant_pv_mapping, steal_linear_address) and
 * xen/arch/x86/pv/mm.h (update_intpte, adjust_guest_l1e), Xen master
 * c447b7308b13; Xen Security Advisories 227 (alignment) and 234 (rights).
 */
#include "gnttab/pv.h"

#include "gnttab/grant_table.h"

#define PTE_P 0x001ull
#define PTE_RW 0x002ull
#define PTE_US 0x004ull
#define PTE_A 0x020ull
#define PTE_D 0x040ull
#define PTE_G 0x100ull
#define PTE_AVAIL 0xe00ull
#define PTE_AVAIL_SHIFT 9
#define PTE_FRAME 0x000ffffffffff000ull
#define PTE_KERNEL (1ull << 52)
#define PTE_NX (1ull << 63)
#define PTE_ANY (PTE_P | PTE_US | PTE_NX) /* has each that is made here */

#define MADDR_LIMIT (1ull << 52)

/* The entry that @m gets, A and D aside. */
static uint64_t entry_of(const struct host_mapping *m)
{
	static const uint64_t kinds[] = {
		[0] = PTE_ANY | PTE_RW | PTE_KERNEL,
		[GNTMAP_readonly] = PTE_ANY | PTE_KERNEL,
		[GNTMAP_application_map] = PTE_ANY | PTE_RW | PTE_G,
		[GNTMAP_readonly | GNTMAP_application_map] = PTE_ANY | PTE_G,
	};
	const uint32_t kind = GNTMAP_readonly | GNTMAP_application_map;
	uint64_t avail = m->flags >> (_GNTMAP_guest_avail0 - PTE_AVAIL_SHIFT);

	return m->mfn.n << GRANT_PAGE_SHIFT | kinds[m->flags & kind] |
	       (avail & PTE_AVAIL);
}

/* Lock the L1 entry that @addr names. */
static inline bool slot_lock(struct cpu *cpu, const struct grant_table *gt,
			     uint64_t addr, uint32_t flags, maddr_t *slot)
{
	if (!(flags & GNTMAP_contains_pte))
		return machine_l1_slot(cpu, gt->who.machine, addr, slot);
	slot->n = addr;
	return addr % sizeof(uint64_t) == 0 &&
	       addr < MADDR_LIMIT && /* XSA-227 */
	       machine_l1_lock(cpu, gt->who.machine, *slot);
}

/* Store @pte at @slot, which is locked; returns what it replaced.  A that is
 * to be kept goes from one present entry to the next: no flush is between. */
static inline uint64_t entry_set(struct cpu *cpu,
				 const struct gnttab_policy *policy,
				 maddr_t slot, uint64_t pte)
{
	uint64_t old = machine_pte_read(cpu, slot), next;

	if (!policy->keeps_accessed || !(old & pte & PTE_P)) {
		machine_pte_write(cpu, slot, pte);
		return old;
	}
	do {
		next = pte | (old & PTE_A);
	} while (!machine_pte_cmpxchg(cpu, slot, &old, next));
	return old;
}

static void entry_put(struct cpu *cpu, const struct grant_table *gt,
		      uint64_t pte)
{
	if (pte & PTE_P)
		machine_pte_put(cpu, gt->who.machine, pte);
}

/* Take the entry of linear address @addr away. */
static bool entry_steal(struct cpu *cpu, const struct grant_table *gt,
			uint64_t addr, uint64_t *old)
{
	maddr_t slot;

	if (!slot_lock(cpu, gt, addr, 0, &slot))
		return false;
	*old = entry_set(cpu, gt->rules->policy, slot, 0);
	machine_l1_unlock(cpu, slot);
	return true;
}

int16_t pv_map(struct cpu *cpu, struct grant_table *mapper,
	       struct host_mapping *m)
{
	const struct gnttab_policy *policy = mapper->rules->policy;
	uint64_t pte = entry_of(m), old;
	maddr_t slot;

	if (!policy->clean_template)
		pte |= PTE_A | PTE_D;
	if (!slot_lock(cpu, mapper, m->addr, m->flags, &slot))
		return GNTST_general_error;
	m->note = policy->note ? policy->note(cpu, m) : 0;
	old = entry_set(cpu, policy, slot, pte);
	if (policy->made)
		m->note = policy->made(cpu, m, slot, old);
	machine_l1_unlock(cpu, slot);
	entry_put(cpu, mapper, old);
	return GNTST_okay;
}

/* False with *@old brought up to date: try again. */
static bool entry_update(struct cpu *cpu, enum gnttab_update how, maddr_t slot,
			 uint64_t *old, uint64_t next)
{
	switch (how) {
	case GNTTAB_UPDATE_PLAIN:
		machine_pte_write(cpu, slot, next);
		return true;
	case GNTTAB_UPDATE_CMPXCHG:
		break;
	case GNTTAB_UPDATE_CMPXCHG_PRESERVE:
		next |= *old & (PTE_A | PTE_D);
		break;
	}
	return machine_pte_cmpxchg(cpu, slot, old, next);
}

/* Does @pte map the frame of @m, with its rights (XSA-234)? */
static bool entry_maps(uint64_t pte, const struct host_mapping *m)
{
	uint64_t rights = m->flags & GNTMAP_readonly ? PTE_P : PTE_P | PTE_RW;
	uint64_t wanted = m->mfn.n << GRANT_PAGE_SHIFT | rights;

	return (pte & (PTE_FRAME | PTE_P | PTE_RW)) == wanted;
}

/* It must each time that the exchange finds it changed. */
static bool entry_replace(struct cpu *cpu, const struct grant_table *gt,
			  maddr_t slot, const struct host_mapping *m,
			  uint64_t next, uint64_t *old)
{
	*old = machine_pte_read(cpu, slot);
	while (entry_maps(*old, m))
		if (entry_update(cpu, gt->rules->update, slot, old, next))
			return true;
	return false;
}

/* What the policy says about an entry that was @old and is @next now. */
static bool was_accessed(struct cpu *cpu, const struct gnttab_rules *rules,
			 uint32_t flags, maddr_t slot, uint64_t old,
			 uint64_t next)
{
	const struct gnttab_policy *policy = rules->policy;

	if (flags & GNTMAP_contains_pte) {
		switch (policy->contains_pte) {
		case GNTTAB_PTE_NOT_ACCESSED:
			return false;
		case GNTTAB_PTE_ACCESSED:
			return true;
		case GNTTAB_PTE_REAL:
			break;
		}
	}
	if ((next & PTE_P) && policy->present_counts)
		return true;
	if (policy->keeps_accessed && rules->update == GNTTAB_UPDATE_PLAIN)
		return true;
	if (policy->read_back)
		old = machine_pte_read(cpu, slot);
	return old & PTE_A;
}

/* Tell the policy that @m went, from @slot. */
static void zap_add(struct gnttab_batch *zapped, const struct host_mapping *m,
		    maddr_t slot, bool accessed)
{
	zapped->zap[zapped->n++] = (struct gnttab_zap){
		.slot = slot,
		.mfn = m->mfn,
		.va = m->flags & GNTMAP_contains_pte ? 0 : m->addr,
		.note = m->note,
		.accessed = accessed,
	};
}

static bool mapping_replace(struct cpu *cpu, struct grant_table *gt,
			    const struct host_mapping *m, uint64_t next,
			    struct gnttab_batch *zapped)
{
	bool done, accessed;
	uint64_t old;
	maddr_t slot;

	if (!slot_lock(cpu, gt, m->addr, m->flags, &slot))
		return false;
	done = entry_replace(cpu, gt, slot, m, next, &old);
	if (done) {
		accessed = was_accessed(cpu, gt->rules, m->flags, slot, old,
					next);
		zapped->accessed |= accessed;
		if (gt->rules->policy->evict)
			zap_add(zapped, m, slot, accessed);
	}
	machine_l1_unlock(cpu, slot);
	return done;
}

int16_t pv_unmap(struct cpu *cpu, struct grant_table *mapper,
		 const struct host_mapping *m, uint64_t new_addr,
		 struct gnttab_batch *zapped)
{
	uint64_t stolen = 0;

	/* What is stolen keeps its A and D, and its reference. */
	if (new_addr && ((m->flags & GNTMAP_contains_pte) ||
			 !entry_steal(cpu, mapper, new_addr, &stolen)))
		return GNTST_general_error;
	if (mapping_replace(cpu, mapper, m, stolen, zapped))
		return GNTST_okay;
	entry_put(cpu, mapper, stolen);
	return GNTST_general_error;
}
