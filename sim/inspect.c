/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inspect.c - state in words, for the results. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/entry.h"
#include "sim/state.h"

#define LINE_BYTES 320

void sim_inspect_line(struct sim *sim, const char *format, ...)
{
	struct results *r = &sim->results;
	char **lines = realloc(r->inspect,
			       (r->nr_inspect + 1) * sizeof(*lines));
	char *line = malloc(LINE_BYTES);
	va_list list;

	if (lines)
		r->inspect = lines;
	if (!lines || !line) {
		free(line);
		sim->error = -ENOMEM;
		return;
	}
	va_start(list, format);
	vsnprintf(line, LINE_BYTES, format, list);
	va_end(list);
	lines[r->nr_inspect++] = line;
}

/* A bit or a type of an entry, by the header's name. */
struct flag_name {
	uint64_t bits;
	const char *name;
};

/* The type is a number, not a set of flags: one bit for each. */
#define GRANT_TYPE_BIT(type) (UINT64_C(1) << (16 + (type)))

static const struct flag_name grant_names[] = {
	{ GRANT_TYPE_BIT(GTF_permit_access), "permit_access" },
	{ GRANT_TYPE_BIT(GTF_accept_transfer), "accept_transfer" },
	{ GRANT_TYPE_BIT(GTF_transitive), "transitive" },
	{ GTF_readonly, "readonly" },
	{ GTF_reading, "reading" },
	{ GTF_writing, "writing" },
	{ GTF_sub_page, "sub_page" },
	{ 0, NULL },
};

static const struct flag_name map_names[] = {
	{ GNTMAP_device_map, "device" },
	{ GNTMAP_host_map, "host" },
	{ GNTMAP_readonly, "readonly" },
	{ GNTMAP_application_map, "application" },
	{ GNTMAP_contains_pte, "contains_pte" },
	{ 0, NULL },
};

/* Add " NAME" for each flag that @value has, or " none", to @line. */
static void add_names(char *line, size_t size, uint64_t value,
		      const struct flag_name *names)
{
	size_t start = strlen(line);

	for (; names->name; names++) {
		size_t length = strlen(line);

		if (value & names->bits)
			snprintf(line + length, size - length, " %s",
				 names->name);
	}
	if (strlen(line) == start)
		snprintf(line + start, size - start, " none");
}

static const struct flag_name transfer_names[] = {
	{ GRANT_TYPE_BIT(GTF_accept_transfer), "accept_transfer" },
	{ GTF_transfer_committed, "transfer_committed" },
	{ GTF_transfer_completed, "transfer_completed" },
	{ 0, NULL },
};

/* ---- walks --------------------------------------------------------------- */

static void inspect_page(struct sim *sim, const struct mmu_path *path)
{
	static const char *const sizes[MMU_PAGE_SIZES] = { "4K", "2M", "1G" };

	sim_inspect_line(sim, "  gives 0x%" PRIx64 ": a %s page, %s, %s, %s%s",
			 path->paddr, sizes[path->size],
			 path->writable ? "writable" : "read-only",
			 path->user ? "user" : "supervisor",
			 path->executable ? "executable" : "not executable",
			 path->global ? ", global" : "");
}

/* What a CPU holds of one address. */
struct holding {
	struct sim *sim;
	vaddr_t va;
};

static bool serves(const struct mmu_cached *what, vaddr_t va)
{
	unsigned shift = 12 + 9 * what->size;

	if (what->cache >= MMU_PROFILE_MAX_TLBS)
		shift = 3 + 9 * (what->cache - MMU_CACHE_OF_LEVEL(0));
	return va >> shift == what->va >> shift;
}

static void inspect_cached(void *data, const struct mmu_cached *what)
{
	const struct holding *holding = data;
	bool upper = what->cache >= MMU_PROFILE_MAX_TLBS;

	if (!serves(what, holding->va))
		return;
	sim_inspect_line(
		holding->sim, "  cached in %s: %s0x%" PRIx64 ", %s%s%s",
		step_cache_name(mmu_profile(holding->sim->mmu), what->cache)
			.text,
		upper ? "table at " : "", what->paddr,
		what->writable ? "writable" : "read-only",
		upper	      ? ""
		: what->dirty ? ", dirty"
			      : ", clean",
		what->stale_since == MMU_NOT_STALE ? "" : ", stale");
}

static void inspect_walk(struct sim *sim, const struct cpu *cpu, vaddr_t va)
{
	struct holding holding = { sim, va };
	struct mmu_path path;

	mmu_look(sim->mmu, cpu->number, va, &path);
	sim_inspect_line(sim, "walk of 0x%016" PRIx64 " on CPU %u", va,
			 cpu->number);
	if (path.end == MMU_PATH_NONE)
		sim_inspect_line(sim, "  none: the address is not canonical, "
				      "or paging is off");
	for (unsigned level = path.top; level && level >= path.level; level--)
		sim_inspect_line(
			sim, "  %-5s at 0x%" PRIx64 " is 0x%016" PRIx64 ": %s",
			step_level_name(level), path.entry[level],
			path.value[level],
			step_pte_bits(path.value[level]).text);
	if (path.end == MMU_PATH_PAGE)
		inspect_page(sim, &path);
	mmu_each_cached(sim->mmu, cpu->number, inspect_cached, &holding);
}

/* ---- grants -------------------------------------------------------------- */

static int inspect_grant(struct sim *sim, const struct event *event,
			 const struct domain *d, uint64_t ref)
{
	struct gnttab_active_view active;
	struct entry_place entry;
	uint64_t flags;
	bool transitive;
	char line[LINE_BYTES];

	if (ref >= gnttab_nr_entries(d->grants)) {
		diag_error(sim->diags, event->place,
			   "reference %" PRIu64 " is past the table of domain "
			   "%u",
			   ref, d->id);
		return -EBADMSG;
	}
	active = gnttab_active(d->grants, (grant_ref_t)ref);
	entry = entry_place(d, (grant_ref_t)ref);
	flags = entry_flags(&entry);
	transitive = entry.v2 && (flags & GTF_type_mask) == GTF_transitive;
	snprintf(line, sizeof(line),
		 "grant %" PRIu64 " of domain %u: to %u, %s 0x%" PRIx64
		 ", pins 0x%08" PRIx32 ", flags",
		 ref, d->id, entry.header->domid,
		 transitive ? "reference" : "frame",
		 transitive ? entry.v2->transitive.gref : entry_frame(&entry),
		 active.pin);
	add_names(line, sizeof(line),
		  (flags & ~GTF_type_mask) |
			  GRANT_TYPE_BIT(flags & GTF_type_mask),
		  entry_is_transfer(&entry) ? transfer_names : grant_names);
	sim_inspect_line(sim, "%s", line);
	return 0;
}

static int inspect_handle(struct sim *sim, const struct event *event,
			  const struct domain *d)
{
	const struct binding *binding = handles_get(&sim->handles,
						    event->inspect.label);
	grant_handle_t handle = binding ? binding->handle
					: (grant_handle_t)event->inspect.what;
	struct gnttab_maptrack_view view = { 0 };
	char line[LINE_BYTES];

	if (!binding && event->inspect.label.name >= 0) {
		diag_error(sim->diags, event->place,
			   "nothing was mapped under this name");
		return -EBADMSG;
	}
	if (handle < gnttab_maptrack_limit(d->grants))
		view = gnttab_maptrack(d->grants, handle);
	if (!view.flags) {
		sim_inspect_line(sim, "handle %" PRIu32 " of domain %u: free",
				 handle, d->id);
		return 0;
	}
	snprintf(line, sizeof(line),
		 "handle %" PRIu32 " of domain %u: grant %" PRIu32
		 " of domain %u, flags",
		 handle, d->id, view.ref, view.granter);
	add_names(line, sizeof(line), view.flags, map_names);
	sim_inspect_line(sim, "%s", line);
	return 0;
}

int ev_inspect(struct sim *sim, const struct event *event)
{
	struct domain *d;
	struct cpu *cpu;

	if (event->inspect.kind == INSPECT_WALK) {
		cpu = cpu_of_number(sim, event);
		if (!cpu)
			return -EBADMSG;
		inspect_walk(sim, cpu, event->inspect.what);
		return 0;
	}
	d = sim_domain(sim, event, event->domain);
	if (!d)
		return -EBADMSG;
	if (event->inspect.kind == INSPECT_GRANT)
		return inspect_grant(sim, event, d, event->inspect.what);
	return inspect_handle(sim, event, d);
}
