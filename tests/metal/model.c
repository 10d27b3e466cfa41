/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model.c - mmu/ behind hw.h.
 *
 * Its physical memory holds what the machine's does at the addresses of
 * layout.h, but for the image's own mappings, which no case uses.
 */
#include "config.h"

#include "tests/metal/model.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/mmu.h"
#include "mmu/physmem.h"
#include "mmu/x86.h"

struct metal_hw {
	struct mmu *mmu;
	uint32_t control; /* as set now */
	uint64_t stamp;
	bool refused; /* the last MOV CR3 */
};

#define CPU 0
#define EVERY_SIZE ((1u << MMU_PAGE_SIZES) - 1)
#define EVERY_ACCESS (1u << MMU_READ | 1u << MMU_WRITE | 1u << MMU_FETCH)

static const struct control_bit {
	uint32_t control;
	uint64_t bit;
} cr4_bits[] = {
	{ METAL_SMEP, CR4_SMEP }, { METAL_SMAP, CR4_SMAP },
	{ METAL_PKE, CR4_PKE },	  { METAL_PGE, CR4_PGE },
	{ METAL_LA57, CR4_LA57 }, { METAL_PAE, CR4_PAE },
	{ METAL_PSE, CR4_PSE },
};

static uint64_t cr4_of(uint32_t control)
{
	uint64_t cr4 = control & METAL_LEGACY ? 0 : CR4_PAE;

	for (size_t i = 0; i < sizeof(cr4_bits) / sizeof(cr4_bits[0]); i++)
		if (control & cr4_bits[i].control)
			cr4 |= cr4_bits[i].bit;
	return cr4;
}

static struct mmu_profile profile_of(const struct metal_header *header,
				     enum model_caches caches)
{
	struct mmu_profile profile = {
		.name = "metal",
		.vendor = memcmp(header->vendor, "AuthenticAMD", 12) ? MMU_INTEL
								     : MMU_AMD,
		.maxphyaddr = header->machine.maxphyaddr,
		.page_1g = header->machine.features & METAL_PAGE_1G,
		.smep = true,
		.smap = true,
		.pku = true,
		.la57 = true,
		.tlbs_off = caches == MODEL_CACHES_NOTHING,
	};

	if (caches == MODEL_CACHES_NOTHING)
		return profile;
	profile.nr_tlbs = 1;
	profile.tlb[0] = (struct mmu_tlb_geometry){
		.level = 1,
		.sizes = EVERY_SIZE,
		.accesses = EVERY_ACCESS,
		.infinite = true,
	};
	return profile;
}

int model_create(struct metal_hw **hw, const struct metal_header *header,
		 enum model_caches caches)
{
	struct mmu_profile profile = profile_of(header, caches);
	struct mmu_config config = {
		.profile = &profile,
		.cpus = 1,
		.memory = METAL_IDENTITY,
		.seed = header->space.seed,
	};
	struct metal_hw *new = calloc(1, sizeof(*new));
	int err;

	if (!new)
		return -ENOMEM;
	err = mmu_create(&new->mmu, &config);
	if (err) {
		free(new);
		return err;
	}
	*hw = new;
	return 0;
}

void model_destroy(struct metal_hw *hw)
{
	if (hw)
		mmu_destroy(hw->mmu);
	free(hw);
}

uint64_t metal_hw_load(struct metal_hw *hw, uint64_t paddr)
{
	return physmem_read(mmu_memory(hw->mmu), paddr);
}

void metal_hw_store(struct metal_hw *hw, uint64_t paddr, uint64_t value)
{
	physmem_write(mmu_memory(hw->mmu), paddr, value);
	mmu_entry_changed(hw->mmu, paddr, ++hw->stamp);
	mmu_entry_changed(hw->mmu, paddr + 4, hw->stamp); /* 32-bit paging */
}

static void set(struct metal_hw *hw, enum mmu_register reg, uint64_t value)
{
	bool done = mmu_set_register(hw->mmu, CPU, reg, value, NULL);

	assert(done);
	(void)done;
}

static uint64_t root_of(uint32_t control)
{
	if (control & METAL_LEGACY)
		return control & METAL_PAE ? METAL_TEST_PAE_PDPT : METAL_PD32;
	return control & METAL_LA57 ? METAL_PML5 : METAL_PML4;
}

static uint64_t efer_of(uint32_t control)
{
	return (control & METAL_LEGACY ? 0 : EFER_LME) |
	       (control & METAL_NXE ? EFER_NXE : 0);
}

/* With paging off, which turning it on again ends.  A legacy mode begins with
 * a CR3 that can be loaded, see machine.c. */
static void set_mode(struct metal_hw *hw, uint32_t control)
{
	set(hw, MMU_CR0, CR0_PE);
	set(hw, MMU_EFER, efer_of(control));
	set(hw, MMU_CR4, cr4_of(control));
	set(hw, MMU_CR3,
	    control & METAL_LEGACY ? METAL_PAE_PDPT : root_of(control));
}

void metal_hw_control(struct metal_hw *hw, uint32_t control, uint32_t pkru)
{
	uint64_t wp = control & METAL_WP ? CR0_WP : 0;
	uint64_t lma = control & METAL_LEGACY ? 0 : EFER_LMA;

	if (((control ^ hw->control) & METAL_MODE) || (control & METAL_LEGACY))
		set_mode(hw, control);
	hw->control = control;
	set(hw, MMU_CR0, CR0_PE | CR0_PG | wp);
	set(hw, MMU_EFER, efer_of(control) | lma);
	set(hw, MMU_CR4, cr4_of(control));
	set(hw, MMU_RFLAGS, control & METAL_AC ? RFLAGS_AC : 0);
	if (control & METAL_PKE)
		set(hw, MMU_PKRU, pkru);
}

void metal_hw_invlpg(struct metal_hw *hw, uint64_t va)
{
	mmu_invlpg(hw->mmu, CPU, va);
}

void metal_hw_mov_cr3(struct metal_hw *hw)
{
	hw->refused = !mmu_set_register(hw->mmu, CPU, MMU_CR3,
					root_of(hw->control), NULL);
}

void metal_hw_store_late(struct metal_hw *hw, uint64_t paddr, uint64_t value)
{
	if (!hw->refused)
		metal_hw_store(hw, paddr, value);
}

void metal_hw_flush_all(struct metal_hw *hw)
{
	set(hw, MMU_CR3, root_of(hw->control));
	mmu_flush_all(hw->mmu, CPU);
}

/* RFLAGS.AC, legacy modes, and whatever CR4 takes. */
uint32_t model_features(void)
{
	const struct metal_header header = { .machine.maxphyaddr = 40 };
	uint32_t features = METAL_AC | METAL_LEGACY;
	struct metal_hw *hw;

	if (model_create(&hw, &header, MODEL_CACHES_NOTHING))
		return 0;
	set(hw, MMU_CR0, CR0_PE); /* LA57 changes with paging off */
	for (size_t i = 0; i < sizeof(cr4_bits) / sizeof(cr4_bits[0]); i++)
		if (mmu_set_register(hw->mmu, CPU, MMU_CR4,
				     CR4_PAE | cr4_bits[i].bit, NULL))
			features |= cr4_bits[i].control;
	model_destroy(hw);
	return features & METAL_OPTIONAL;
}

static enum mmu_access access_of(enum metal_op op)
{
	switch (op) {
	case METAL_OP_READ:
		return MMU_READ;
	case METAL_OP_FETCH:
		return MMU_FETCH;
	case METAL_OP_WRITE:
	case METAL_OP_RMW:
	case METAL_OPS:
		break;
	}
	return MMU_WRITE;
}

static uint8_t vector_of(enum mmu_end end)
{
	switch (end) {
	case MMU_OK:
		return METAL_DONE;
	case MMU_PAGE_FAULT:
		return 14;
	case MMU_MACHINE_CHECK:
		return 18;
	case MMU_GENERAL_PROTECTION:
	case MMU_NESTED_FAULT:
	case MMU_NESTED_MISCONFIGURED:
		break;
	}
	return 13;
}

void metal_hw_access(struct metal_hw *hw, uint64_t va, enum metal_op op,
		     bool user, struct metal_result *result)
{
	struct mmu_result r;

	if (hw->refused) {
		*result = (struct metal_result){ .vector = 13,
						 .flags = METAL_AT_MOV_CR3 };
		return;
	}
	r = mmu_access(hw->mmu, CPU, va, access_of(op),
		       user ? MMU_USER : MMU_SUPERVISOR);
	*result = (struct metal_result){ .vector = vector_of(r.end),
					 .flags = METAL_AT_ACCESS };
	if (r.end == MMU_PAGE_FAULT) {
		result->error = r.error_code;
		result->flags |= METAL_CR2_IS_VA;
	}
	if (r.end == MMU_OK && r.paddr == METAL_CELL)
		result->flags |= METAL_CELL_USED;
	if (r.end == MMU_OK && r.paddr == METAL_OTHER_CELL)
		result->flags |= METAL_OTHER_USED;
}
