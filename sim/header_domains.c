/* SPDX-License-Identifier: GPL-2.0-or-later */
/* header_domains.c - the domains of a trace, and which CPU runs which. */
#include <stdio.h>
#include <string.h>

#include "sim/header_domains.h"
#include "sim/node.h"

#define DEFAULT_MEMORY (64ull << 20)
/*
 * Xen's defaults by era: gnttab_max_frames, gnttab_max_maptrack_frames.  In
 * 2014 there were 8 maptrack frames for each grant frame, with 512 handles
 * each; those here have 256.
 */
static const struct {
	unsigned grant_frames, maptrack_frames;
} default_limits[] = {
	[GNTTAB_ERA_CURRENT] = { 64, 1024 },
	[GNTTAB_ERA_2014] = { 32, 32 * 8 * 2 },
	[GNTTAB_ERA_2021] = { 64, 1024 },
};

/* ---- domains --------------------------------------------------------- */

static const char *const paging_names[] = { "pv", "hvm", NULL };

struct raw_domain {
	struct trace_domain domain;
	uint32_t id;
	const struct node *name;
	unsigned paging;
};

#define DOMAIN(field) offsetof(struct raw_domain, field)
static const struct field domain_fields[] = {
	{ "id", FIELD_U32, DOMAIN(id), .required = true,
	  .max = DOMID_FIRST_RESERVED - 1 },
	{ "name", FIELD_NODE, DOMAIN(name) },
	{ "hardware", FIELD_BOOL, DOMAIN(domain.hardware) },
	{ "paging", FIELD_CHOICE, DOMAIN(paging), .names = paging_names },
	{ "memory", FIELD_U64, DOMAIN(domain.memory), .min = 4096,
	  .max = 1ull << 40 },
	{ "grant_frames", FIELD_U32, DOMAIN(domain.grant_frames), .min = 1,
	  .max = 65536 },
	{ "maptrack_frames", FIELD_U32, DOMAIN(domain.maptrack_frames),
	  .min = 1, .max = 65536 },
	{ "iommu", FIELD_BOOL, DOMAIN(domain.iommu) },
	{ "version", FIELD_U32, DOMAIN(domain.version), .min = 1, .max = 2 },
	{ NULL },
};

static struct trace_domain default_domain(enum gnttab_era era)
{
	return (struct trace_domain){
		.memory = DEFAULT_MEMORY,
		.grant_frames = default_limits[era].grant_frames,
		.maptrack_frames = default_limits[era].maptrack_frames,
		.version = 1,
	};
}

/* Is @new unlike all the domains before it? */
static bool is_distinct(const struct trace_header *header,
			const struct trace_domain *new, struct place place,
			struct diags *diags)
{
	for (size_t i = 0; i < header->nr_domains; i++) {
		const struct trace_domain *old = &header->domain[i];

		if (old->id == new->id)
			diag_error(diags, place, "a second domain %u", new->id);
		else if (strcmp(old->name, new->name) == 0)
			diag_error(diags, place, "a second domain '%s'",
				   new->name);
		else if (old->hardware && new->hardware)
			diag_error(diags, place, "a second hardware domain, %u",
				   new->id);
		else
			continue;
		return false;
	}
	return true;
}

static void read_domain(const struct node *node, struct trace_header *header,
			struct diags *diags)
{
	struct raw_domain raw = { .domain = default_domain(header->era) };
	struct trace_domain *domain = &raw.domain;

	if (!node_read(node, domain_fields, &raw, diags))
		return;
	domain->id = (domid_t)raw.id;
	domain->external = raw.paging;
	snprintf(domain->name, sizeof(domain->name), "dom%u", raw.id);
	if (raw.name &&
	    !node_copy(raw.name, domain->name, sizeof(domain->name), diags))
		return;
	if (domain->memory % 4096)
		diag_error(diags, node->place,
			   "memory of domain %u is not a multiple of 4K",
			   raw.id);
	else if (domain->iommu && domain->external)
		diag_error(diags, node->place,
			   "an IOMMU of its own is for paging pv");
	else if (is_distinct(header, domain, node->place, diags))
		header->domain[header->nr_domains++] = *domain;
}

void header_read_domains(const struct node *list, struct trace_header *header,
			 struct diags *diags)
{
	if (!list) {
		struct trace_domain *dom0 = &header->domain[0];

		*dom0 = default_domain(header->era);
		strcpy(dom0->name, "dom0");
		dom0->hardware = true;
		header->nr_domains = 1;
		return;
	}
	if (!node_is_list(list, diags))
		return;
	if (list->count == 0 || list->count > TRACE_MAX_DOMAINS) {
		diag_error(diags, list->place,
			   "expected 1 to %d domains, found %zu",
			   TRACE_MAX_DOMAINS, list->count);
		return;
	}
	for (const struct node *n = list->first; n; n = n->next)
		read_domain(n, header, diags);
}

/* ---- schedule -------------------------------------------------------- */

struct raw_slot {
	const struct node *cpu, *domain;
};

static const struct field slot_fields[] = {
	{ "cpu", FIELD_NODE, offsetof(struct raw_slot, cpu), .required = true },
	{ "domain", FIELD_NODE, offsetof(struct raw_slot, domain),
	  .required = true },
	{ NULL },
};

/* A domain of the trace, or idle. */
static bool read_runner(const struct node *node,
			const struct trace_header *header, int *runner,
			struct diags *diags)
{
	uint64_t id;

	*runner = DOMAIN_NONE;
	if (node->kind == NODE_SCALAR && strcmp(node->text, "idle") == 0)
		return true;
	if (!node_u64(node, 0, UINT64_MAX, &id, diags))
		return false;
	for (size_t i = 0; i < header->nr_domains; i++) {
		if (header->domain[i].id != id)
			continue;
		*runner = (int)id;
		return true;
	}
	diag_error(diags, node->place, "no domain %s in this trace",
		   node->text);
	return false;
}

static void read_slot(const struct node *node, struct trace_header *header,
		      uint64_t *seen, struct diags *diags)
{
	struct raw_slot raw = { NULL, NULL };
	uint64_t cpu;
	int runner;

	if (!node_read(node, slot_fields, &raw, diags) ||
	    !node_u64(raw.cpu, 0, header->cpus - 1, &cpu, diags) ||
	    !read_runner(raw.domain, header, &runner, diags))
		return;
	if (*seen >> cpu & 1)
		diag_error(diags, node->place, "CPU %u is scheduled twice",
			   (unsigned)cpu);
	*seen |= 1ull << cpu;
	header->schedule[cpu].domain = runner;
}

void header_read_schedule(const struct node *list, struct trace_header *header,
			  struct diags *diags)
{
	uint64_t seen = 0;

	header->nr_schedule = header->cpus;
	for (unsigned i = 0; i < header->cpus; i++) {
		header->schedule[i].cpu = i;
		header->schedule[i].domain = header->domain[0].id;
	}
	if (!list || !node_is_list(list, diags))
		return;
	for (const struct node *n = list->first; n; n = n->next)
		read_slot(n, header, &seen, diags);
}
