/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fake_hooks.c - gnttab/machine.h, over a fake machine. */
#include "tests/fake_machine.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- crossings ------------------------------------------------------ */

/* Run @fn once. */
static void run(struct fake_machine *m, fake_fn **fn)
{
	fake_fn *now = *fn;

	*fn = NULL;
	if (now)
		now(m, m->arg);
}

bool fake_cross(struct cpu *cpu, enum fake_hook hook, uint64_t arg)
{
	struct fake_machine *m = cpu->m;
	unsigned n = m->crossings++;

	if (m->nr_log < FAKE_LOG)
		m->log[m->nr_log++] = (struct fake_call){ hook, cpu->id, arg };
	run(m, &m->at[hook]);
	if (n >= m->call_at && (m->lock_free || !m->locks))
		run(m, &m->call);
	return n == m->fail_at;
}

struct grant_table *machine_grant_table(struct cpu *cpu, domid_t id)
{
	if (fake_cross(cpu, FAKE_grant_table, id))
		return NULL;
	if (id >= FAKE_DOMAINS || cpu->m->domains[id].gone)
		return NULL;
	return cpu->m->domains[id].gt;
}

void machine_crash_domain(struct cpu *cpu, struct domain *d)
{
	fake_cross(cpu, FAKE_crash_domain, d->id);
	d->crashed = true;
}

/* ---- shared words --------------------------------------------------- */

uint32_t machine_shared_read(struct cpu *cpu, const uint32_t *word)
{
	fake_cross(cpu, FAKE_shared_read, 0);
	return *word;
}

void machine_shared_write(struct cpu *cpu, uint32_t *word, uint32_t value)
{
	fake_cross(cpu, FAKE_shared_write, value);
	*word = value;
}

bool machine_shared_cmpxchg(struct cpu *cpu, uint32_t *word, uint32_t *old,
			    uint32_t new)
{
	bool fail = fake_cross(cpu, FAKE_shared_cmpxchg, new);

	if (fail || *word != *old) {
		*old = *word;
		return false;
	}
	*word = new;
	return true;
}

void machine_shared_set(struct cpu *cpu, uint32_t *word, uint32_t bits)
{
	fake_cross(cpu, FAKE_shared_set, bits);
	*word |= bits;
}

/* Does @word have the status bits of @ref of @d? */
static bool is_status(struct fake_machine *m, const struct domain *d,
		      grant_ref_t ref, const uint32_t *word, uint32_t bits)
{
	unsigned odd = bits >> 16 != 0;

	if (gnttab_version(d->gt) == 1)
		return fake_shared(m, d->id, ref) == word;
	return ref % 2 == odd && (const void *)fake_status(m, d->id, ref) ==
					 (const uint16_t *)word + odd;
}

/* The frame of the entry whose status @bits are in @word. */
static mfn_t status_frame(struct fake_machine *m, const uint32_t *word,
			  uint32_t bits)
{
	for (unsigned i = 0; i < FAKE_DOMAINS; i++) {
		const struct domain *d = &m->domains[i];
		bool v1 = gnttab_version(d->gt) == 1;

		for (grant_ref_t r = 0; r < gnttab_nr_entries(d->gt); r++) {
			if (is_status(m, d, r, word, bits))
				return fake_mfn(
					m, d->id,
					fake_shared(m, d->id, r)[v1 ? 1 : 2]);
		}
	}
	abort();
}

void machine_shared_clear(struct cpu *cpu, uint32_t *word, uint32_t bits)
{
	bool reading = bits & (GTF_reading | GTF_reading << 16);
	mfn_t mfn;

	fake_cross(cpu, FAKE_shared_clear, bits);
	mfn = status_frame(cpu->m, word, bits);
	if (fake_cached(cpu->m, mfn, !reading))
		cpu->m->violations++;
	*word &= ~bits;
}

/* ---- page tables ---------------------------------------------------- */

bool machine_l1_lock(struct cpu *cpu, struct domain *d, maddr_t slot)
{
	uint64_t gfn = (slot.n >> 12) - d->first_mfn;
	struct fake_frame *f;

	assert(slot.n < 1ull << 52);
	if (fake_cross(cpu, FAKE_l1_lock, slot.n) || gfn < FAKE_DATA_FRAMES ||
	    gfn >= FAKE_GUEST_FRAMES)
		return false;
	f = &cpu->m->frames[slot.n >> 12];
	assert(!f->locked);
	f->locked = true;
	cpu->m->locks++;
	return true;
}

bool machine_l1_slot(struct cpu *cpu, struct domain *d, uint64_t va,
		     maddr_t *slot)
{
	uint64_t n = (va - FAKE_LINEAR) / 4096;

	if (fake_cross(cpu, FAKE_l1_slot, va) || n >= FAKE_SLOTS)
		return false;
	slot->n = fake_slot(cpu->m, cpu->runs->id, n);
	return machine_l1_lock(cpu, d, *slot);
}

void machine_l1_unlock(struct cpu *cpu, maddr_t slot)
{
	struct fake_frame *f = &cpu->m->frames[slot.n >> 12];

	fake_cross(cpu, FAKE_l1_unlock, slot.n);
	assert(f->locked);
	f->locked = false;
	cpu->m->locks--;
}

uint64_t machine_pte_read(struct cpu *cpu, maddr_t slot)
{
	fake_cross(cpu, FAKE_pte_read, slot.n);
	return *fake_pte_at(cpu->m, slot.n);
}

void machine_pte_write(struct cpu *cpu, maddr_t slot, uint64_t pte)
{
	fake_cross(cpu, FAKE_pte_write, slot.n);
	assert(cpu->m->frames[slot.n >> 12].locked);
	*fake_pte_at(cpu->m, slot.n) = pte;
}

bool machine_pte_cmpxchg(struct cpu *cpu, maddr_t slot, uint64_t *old,
			 uint64_t new)
{
	bool fail = fake_cross(cpu, FAKE_pte_cmpxchg, slot.n);
	uint64_t *pte = fake_pte_at(cpu->m, slot.n);

	assert(cpu->m->frames[slot.n >> 12].locked);
	if (fail || *pte != *old) {
		*old = *pte;
		return false;
	}
	*pte = new;
	return true;
}

void machine_pte_put(struct cpu *cpu, struct domain *d, uint64_t pte)
{
	(void)d;
	fake_cross(cpu, FAKE_pte_put, pte);
	assert(pte & FAKE_PTE_P);
	fake_drop(cpu->m, (pte & FAKE_PTE_FRAME) >> 12,
		  pte & FAKE_PTE_RW ? MACHINE_HOLD_WRITABLE : MACHINE_HOLD);
}

/* ---- external paging -------------------------------------------------- */

bool machine_p2m_insert(struct cpu *cpu, struct domain *d, gfn_t gfn, mfn_t mfn,
			bool writable)
{
	if (fake_cross(cpu, FAKE_p2m_insert, gfn.n) ||
	    gfn.n >= FAKE_GUEST_FRAMES || d->granted[gfn.n])
		return false;
	d->frame_at[gfn.n] = mfn.n;
	d->granted[gfn.n] = true;
	d->writable[gfn.n] = writable;
	return true;
}

bool machine_p2m_remove(struct cpu *cpu, struct domain *d, gfn_t gfn, mfn_t mfn,
			bool writable)
{
	if (fake_cross(cpu, FAKE_p2m_remove, gfn.n) ||
	    gfn.n >= FAKE_GUEST_FRAMES || !d->granted[gfn.n] ||
	    d->frame_at[gfn.n] != mfn.n || d->writable[gfn.n] != writable)
		return false;
	d->frame_at[gfn.n] = FAKE_NOWHERE;
	d->granted[gfn.n] = false;
	return true;
}

/* ---- devices ---------------------------------------------------------- */

bool machine_iommu_map(struct cpu *cpu, struct domain *d, mfn_t mfn,
		       bool writable)
{
	bool less = d->dma[mfn.n] & FAKE_DMA_WRITE && !writable;

	if (fake_cross(cpu, FAKE_iommu_map, mfn.n) && !less)
		return false;
	d->dma[mfn.n] = FAKE_DMA_READ | (writable ? FAKE_DMA_WRITE : 0);
	return true;
}

void machine_iommu_unmap(struct cpu *cpu, struct domain *d, mfn_t mfn)
{
	fake_cross(cpu, FAKE_iommu_unmap, mfn.n);
	assert(d->dma[mfn.n]);
	d->dma[mfn.n] = 0;
}

/* ---- guest memory --------------------------------------------------- */

/* Where @addr is in the arguments of @cpu; NULL is a fault. */
static uint8_t *guest_at(struct cpu *cpu, uint64_t addr, size_t len, bool fail)
{
	struct fake_machine *m = cpu->m;

	if (m->fault_in != FAKE_NEVER && m->fault_in-- == 0)
		fail = true;
	if (fail || addr < FAKE_ARGS || addr - FAKE_ARGS > FAKE_ARGS_SIZE - len)
		return NULL;
	return cpu->args + (addr - FAKE_ARGS);
}

int machine_copy_from_guest(struct cpu *cpu, void *to, uint64_t from,
			    size_t len)
{
	bool fail = fake_cross(cpu, FAKE_copy_from_guest, from);
	const uint8_t *at = guest_at(cpu, from, len, fail);

	if (!at)
		return -EFAULT;
	memcpy(to, at, len);
	return 0;
}

int machine_copy_to_guest(struct cpu *cpu, uint64_t to, const void *from,
			  size_t len)
{
	bool fail = fake_cross(cpu, FAKE_copy_to_guest, to);
	uint8_t *at = guest_at(cpu, to, len, fail);

	if (!at)
		return -EFAULT;
	memcpy(at, from, len);
	return 0;
}

/* ---- scheduling, locks ---------------------------------------------- */

bool machine_preemption_wanted(struct cpu *cpu)
{
	return fake_cross(cpu, FAKE_preemption_wanted, 0) || cpu->m->preempt;
}

void machine_lock(struct cpu *cpu, struct machine_lock *lock)
{
	fake_cross(cpu, FAKE_lock, 0);
	assert(!lock->holder);
	lock->holder = cpu->id + 1;
	cpu->m->locks++;
}

void machine_unlock(struct cpu *cpu, struct machine_lock *lock)
{
	fake_cross(cpu, FAKE_unlock, 0);
	assert(lock->holder == cpu->id + 1);
	lock->holder = 0;
	cpu->m->locks--;
}
