/* SPDX-License-Identifier: GPL-2.0-or-later */
/* step_names.c - names of what is told, as the manuals have them. */
#include "config.h"

#include <stdio.h>

#include "mmu/x86.h"
#include "sim/step.h"

const char *const step_names[STEP_KINDS] = {
#define X(name, text) #name,
	SIM_STEPS(X)
#undef X
};
const char *const step_reason_names[STEP_REASON_COUNT] = {
#define X(name, text) #name,
	STEP_REASONS(X)
#undef X
};
const char *const step_reason_texts[STEP_REASON_COUNT] = {
#define X(name, text) text,
	STEP_REASONS(X)
#undef X
};

const char *const step_access_names[MMU_FETCH + 1] = {
	[MMU_READ] = "read",
	[MMU_WRITE] = "write",
	[MMU_FETCH] = "fetch",
};

const char *step_level_name(unsigned level)
{
	static const char *const names[MMU_PATH_LEVELS + 1] = {
		"?", "PTE", "PDE", "PDPTE", "PML4E", "PML5E",
	};

	return names[level <= MMU_PATH_LEVELS ? level : 0];
}

/* ---- caches -------------------------------------------------------------- */

/* "data", "code", ... or nothing for what serves every access. */
static const char *accesses_name(unsigned accesses)
{
	static const char *const names[] = {
		[1u << MMU_READ] = " load",
		[1u << MMU_WRITE] = " store",
		[1u << MMU_READ | 1u << MMU_WRITE] = " data",
		[1u << MMU_FETCH] = " code",
		[1u << MMU_READ | 1u << MMU_FETCH] = " load+code",
		[1u << MMU_WRITE | 1u << MMU_FETCH] = " store+code",
		[1u << MMU_READ | 1u << MMU_WRITE | 1u << MMU_FETCH] = "",
	};

	return accesses < sizeof(names) / sizeof(names[0]) && names[accesses]
		       ? names[accesses]
		       : "";
}

static const char *sizes_name(unsigned sizes)
{
	static const char *const names[] = {
		"", " 4K", " 2M", " 4K+2M", " 1G", " 4K+1G", " 2M+1G", "",
	};

	return sizes < sizeof(names) / sizeof(names[0]) ? names[sizes] : "";
}

struct cache_name step_cache_name(const struct mmu_profile *profile,
				  unsigned cache)
{
	const struct mmu_tlb_geometry *tlb;
	unsigned twin = 1;
	struct cache_name name;

	if (cache >= MMU_PROFILE_MAX_TLBS) {
		snprintf(name.text, sizeof(name.text), "%s cache",
			 step_level_name(cache - MMU_CACHE_OF_LEVEL(0)));
		return name;
	}
	tlb = &profile->tlb[cache];
	for (unsigned i = 0; i < cache; i++)
		twin += profile->tlb[i].level == tlb->level &&
			profile->tlb[i].sizes == tlb->sizes &&
			profile->tlb[i].accesses == tlb->accesses;
	snprintf(name.text, sizeof(name.text), "L%u%s%s%s", tlb->level,
		 accesses_name(tlb->accesses), sizes_name(tlb->sizes),
		 twin > 1 ? " bank 2" : "");
	return name;
}

/* ---- bits and CPUs ------------------------------------------------------- */

struct bit_names step_pte_bits(uint64_t value)
{
	static const struct {
		uint64_t bit;
		const char *name;
	} bits[] = {
		{ PTE_P, "P" },	    { PTE_RW, "RW" },	{ PTE_US, "US" },
		{ PTE_PWT, "PWT" }, { PTE_PCD, "PCD" }, { PTE_A, "A" },
		{ PTE_D, "D" },	    { PTE_PS, "PS" },	{ PTE_G, "G" },
		{ PTE_XD, "XD" },
	};
	struct bit_names names = { "" };
	size_t used = 0;

	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++)
		if (value & bits[i].bit)
			used += (size_t)snprintf(
				names.text + used, sizeof(names.text) - used,
				"%s%s", used ? " " : "", bits[i].name);
	if (!used)
		snprintf(names.text, sizeof(names.text), "none");
	return names;
}

struct pin_names step_pins(uint32_t pins)
{
	static const char *const counters[] = { "hstw", "hstr", "devw",
						"devr" };
	struct pin_names names = { "nothing" };
	size_t used = 0;

	for (unsigned i = 0; i < 4; i++) {
		unsigned count = pins >> 8 * i & 0xff;

		if (count)
			used += (size_t)snprintf(names.text + used,
						 sizeof(names.text) - used,
						 "%s%s %u", used ? ", " : "",
						 counters[i], count);
	}
	return names;
}

struct cpu_set step_cpu_set(uint64_t cpus)
{
	struct cpu_set set = { "{" };
	size_t used = 1;

	for (; cpus; cpus &= cpus - 1)
		used += (size_t)snprintf(
			set.text + used, sizeof(set.text) - used, "%s%d",
			used > 1 ? "," : "", __builtin_ctzll(cpus));
	snprintf(set.text + used, sizeof(set.text) - used, "}");
	return set;
}
