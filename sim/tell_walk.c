/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tell_walk.c - one translation for people, level by level.
 *
 *	PML4E  0x2800    0x0000000000003027  P RW US A
 *	PDPTE  0x3000    0x0000000000004067  P RW US A D   sets A
 *
 * An entry that was not read, since a paging-structure cache had what it
 * leads to, says so.
 */
#include "config.h"

#include <inttypes.h>

#include "mmu/x86.h"
#include "sim/table.h"
#include "sim/tell.h"

static void say(struct tale *tale, enum paint paint, const char *text)
{
	paint_text(tale->to, tale->color, paint, 0, text);
}

/* ---- levels -------------------------------------------------------------- */

static const char *what_was_set(uint64_t before, uint64_t after)
{
	switch (after & ~before & (PTE_A | PTE_D)) {
	case PTE_A:
		return "sets A";
	case PTE_D:
		return "sets D";
	case PTE_A | PTE_D:
		return "sets A and D";
	}
	return "";
}

/* Levels above that came out of a paging-structure cache. */
static bool was_read(const struct step_access *access, unsigned level)
{
	const struct mmu_path *path = &access->before;

	/* A walk that was begun again from the root has read them all. */
	return level - path->level < access->loads;
}

static void tell_level(struct tale *tale, const struct step_access *access,
		       unsigned level)
{
	uint64_t before = access->before.value[level];
	uint64_t after = access->after.value[level];
	bool read = was_read(access, level);
	const char *note = what_was_set(before, after);

	if (!read)
		note = "not read: cached";
	fprintf(tale->to, "    %-5s  0x%-9" PRIx64 " 0x%016" PRIx64 "  ",
		step_level_name(level), access->before.entry[level], after);
	paint_text(tale->to, tale->color, read ? PAINT_NONE : PAINT_DIM,
		   *note ? -18 : 0, step_pte_bits(after).text);
	if (*note) {
		fputs("  ", tale->to);
		say(tale, read ? PAINT_BOLD : PAINT_DIM, note);
	}
	fputc('\n', tale->to);
}

static void tell_levels(struct tale *tale, const struct step_access *access)
{
	const struct mmu_path *path = &access->before;

	for (unsigned level = path->top; level && level >= path->level; level--)
		tell_level(tale, access, level);
	if (access->result.end == MMU_OK && path->top &&
	    access->result.entry != path->entry[path->level])
		fprintf(tale->to,
			"    but a cached upper entry led to the one at "
			"0x%" PRIx64 "\n",
			access->result.entry);
}

/* ---- outcome ------------------------------------------------------------- */

/* What the tables would have given instead of something stale. */
static void tell_difference(struct tale *tale, const struct step_access *access)
{
	const struct mmu_path *path = &access->after;

	if (path->end != MMU_PATH_PAGE)
		fputs("; by the tables, a fault", tale->to);
	else if (path->paddr != access->result.paddr)
		fprintf(tale->to, "; by the tables, 0x%" PRIx64, path->paddr);
	else
		fputs("; by the tables, with less rights", tale->to);
}

static void tell_page(struct tale *tale, const struct step_access *access)
{
	static const char *const sizes[MMU_PAGE_SIZES] = { "4K", "2M", "1G" };
	const struct mmu_path *path = &access->after;

	fprintf(tale->to, "    gives 0x%" PRIx64, access->result.paddr);
	if (access->result.stale_since != MMU_NOT_STALE)
		tell_difference(tale, access);
	else if (path->end == MMU_PATH_PAGE)
		fprintf(tale->to, ": a %s page, %s, %s, %s%s",
			sizes[path->size],
			path->writable ? "writable" : "read-only",
			path->user ? "user" : "supervisor",
			path->executable ? "executable" : "not executable",
			path->global ? ", global" : "");
	fputc('\n', tale->to);
}

static void tell_page_fault(struct tale *tale, const struct step_access *access)
{
	uint32_t code = access->result.error_code;
	const struct mmu_path *path = &access->before;
	const char *why = "the page's rights forbid it";

	if (path->end == MMU_PATH_ABSENT)
		why = "not present";
	else if (path->end == MMU_PATH_RESERVED)
		why = "a reserved bit is set";
	fprintf(tale->to,
		", error code 0x%" PRIx32 " (P=%u W=%u U=%u RSVD=%u I=%u): "
		"the %s, %s",
		code, code & 1, code >> 1 & 1, code >> 2 & 1, code >> 3 & 1,
		code >> 4 & 1, step_level_name(path->level), why);
}

static void tell_fault(struct tale *tale, const struct step_access *access)
{
	static const char *const names[] = {
		[MMU_OK] = "",
		[MMU_PAGE_FAULT] = "#PF",
		[MMU_GENERAL_PROTECTION] = "#GP",
		[MMU_NESTED_FAULT] = "VM exit",
		[MMU_NESTED_MISCONFIGURED] = "VM exit",
		[MMU_MACHINE_CHECK] = "#MC",
	};

	fputs("    ", tale->to);
	say(tale, PAINT_BAD, names[access->result.end]);
	if (access->result.end == MMU_PAGE_FAULT)
		tell_page_fault(tale, access);
	else if (access->result.end == MMU_GENERAL_PROTECTION)
		fputs(": the address is not canonical", tale->to);
	else if (access->result.end == MMU_MACHINE_CHECK)
		fputs(": pages of two sizes are cached for it", tale->to);
	else
		fprintf(tale->to,
			": the host does not allow guest-physical 0x%" PRIx64,
			access->result.gpa);
	fputc('\n', tale->to);
}

static void tell_stale(struct tale *tale, const struct telling *telling)
{
	uint64_t since = telling->step->access.result.stale_since;
	const struct past *missed = telling->missed;
	char text[400];

	if (!missed)
		snprintf(text, sizeof(text),
			 "stale: event %" PRIu64 " changed the tables, and "
			 "CPU %u was not told to drop this",
			 since, telling->step->cpu);
	else
		snprintf(text, sizeof(text),
			 "stale: event %" PRIu64 " (%s, %s%sline %" PRIu32
			 ") changed the tables, and CPU %u was not told to "
			 "drop this",
			 since, event_names[missed->kind], missed->file,
			 missed->file[0] ? ", " : "", missed->line,
			 telling->step->cpu);
	fputs("    ", tale->to);
	say(tale, PAINT_BAD, text);
	fputc('\n', tale->to);
}

static const char *where_found(const struct step_access *access)
{
	if (access->result.end == MMU_GENERAL_PROTECTION)
		return "";
	switch (access->result.served) {
	case MMU_BY_L1:
		return ": a first-level TLB has it";
	case MMU_BY_L2:
		return ": a second-level TLB has it";
	case MMU_BY_WALK:
		break;
	}
	return NULL;
}

static void tell_head(struct tale *tale, const struct telling *telling)
{
	static const char *const verbs[] = {
		[MMU_READ] = "reads",
		[MMU_WRITE] = "writes",
		[MMU_FETCH] = "fetches from",
	};
	static const char *const who[MMU_PRIVILEGES] = {
		[MMU_SUPERVISOR] = " as supervisor",
		[MMU_USER] = "",
		[MMU_IMPLICIT] = " by itself",
	};
	const struct step_access *access = &telling->step->access;
	const char *found = where_found(access);

	fprintf(tale->to, "  CPU %u %s 0x%" PRIx64 "%s%s", telling->step->cpu,
		verbs[access->access], access->va, who[access->privilege],
		access->hypervisor ? " for the hypervisor" : "");
	if (found)
		fputs(found, tale->to);
	else
		fprintf(tale->to, ": a walk, %u %s read", access->loads,
			access->loads == 1 ? "entry" : "entries");
	fprintf(tale->to, ", %" PRIu32 " cycles\n", access->result.cycles);
}

void tell_walk(struct tale *tale, const struct telling *telling)
{
	const struct step_access *access = &telling->step->access;

	tell_head(tale, telling);
	if (access->result.served == MMU_BY_WALK)
		tell_levels(tale, access);
	if (access->result.end == MMU_OK)
		tell_page(tale, access);
	else
		tell_fault(tale, access);
	if (access->result.end == MMU_OK &&
	    access->result.stale_since != MMU_NOT_STALE)
		tell_stale(tale, telling);
	tell_changes(tale, telling);
}
