/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ends.c - which domains stand at the two ends of a split driver. */
#include "config.h"

#include "workloads/script.h"

#include <inttypes.h>

#define ENTRIES_PER_FRAME (4096 / sizeof(grant_entry_v1_t))
#define CPUS_MAX ((int)sizeof(((struct ends *)0)->cpus))

static const struct trace_domain *
domain_by_id(const struct trace_header *header, uint32_t id)
{
	for (size_t i = 0; i < header->nr_domains; i++)
		if (header->domain[i].id == id)
			return &header->domain[i];
	return NULL;
}

const struct trace_domain *ends_named(const struct trace_header *header,
				      const struct node *block, const char *key,
				      uint32_t id, struct diags *diags)
{
	const struct trace_domain *domain = domain_by_id(header, id);

	if (!domain)
		diag_error(diags, node_get(block, key)->place,
			   "'%s': there is no domain %u", key, id);
	return domain;
}

static const struct trace_domain *
find_backend(const struct ends_keys *keys, const struct node *block,
	     const struct trace_header *header, struct diags *diags)
{
	if (keys->backend_given)
		return ends_named(header, block, "backend", keys->backend,
				  diags);
	for (size_t i = 0; i < header->nr_domains; i++)
		if (header->domain[i].hardware)
			return &header->domain[i];
	diag_error(diags, block->place,
		   "no hardware domain: 'backend' must name a domain");
	return NULL;
}

static const struct trace_domain *
find_frontend(const struct ends_keys *keys, const struct node *block,
	      const struct trace_header *header,
	      const struct trace_domain *backend, struct diags *diags)
{
	if (keys->frontend_given)
		return ends_named(header, block, "frontend", keys->frontend,
				  diags);
	for (size_t i = 0; i < header->nr_domains; i++)
		if (&header->domain[i] != backend)
			return &header->domain[i];
	diag_error(diags, block->place,
		   "no second domain: a driver has a frontend and a backend");
	return NULL;
}

static bool add_cpu(struct ends *ends, const struct node *node,
		    const struct trace_header *header, struct diags *diags)
{
	uint64_t cpu;

	if (!node_u64(node, 0, UINT32_MAX, &cpu, diags))
		return false;
	if (cpu >= header->cpus) {
		diag_error(diags, node->place,
			   "'cpu': %" PRIu64 " is not below the trace's %u",
			   cpu, header->cpus);
		return false;
	}
	ends->cpus[ends->nr_cpus++] = (uint8_t)cpu;
	return true;
}

/* One CPU, or one for each queue. */
static bool find_cpus(struct ends *ends, const struct node *node,
		      const struct trace_header *header, struct diags *diags)
{
	ends->nr_cpus = 0;
	if (!node)
		return true;
	if (node->kind != NODE_SEQUENCE)
		return add_cpu(ends, node, header, diags);
	if (!node->count || node->count > CPUS_MAX) {
		diag_error(diags, node->place,
			   "'cpu' is one, or a list of up to %d", CPUS_MAX);
		return false;
	}
	for (node = node->first; node; node = node->next)
		if (!add_cpu(ends, node, header, diags))
			return false;
	return true;
}

uint32_t ends_table(const struct trace_domain *domain)
{
	return domain->grant_frames * ENTRIES_PER_FRAME - FIRST_REF;
}

bool ends_find(struct ends *ends, const struct ends_keys *keys,
	       const struct node *block, const struct trace_header *header,
	       struct diags *diags)
{
	const struct trace_domain *back, *front;
	bool cpus = find_cpus(ends, keys->cpu, header, diags);

	back = find_backend(keys, block, header, diags);
	front = find_frontend(keys, block, header, back, diags);
	if (!back || !front)
		return false;
	if (back == front) {
		diag_error(diags, block->place,
			   "frontend and backend are the same domain %u",
			   back->id);
		return false;
	}
	ends->backend = back->id;
	ends->frontend = front->id;
	ends->back_frames = back->memory / 4096;
	ends->front_frames = front->memory / 4096;
	ends->refs = ends_table(front);
	return cpus;
}

bool ends_refs(uint32_t held, domid_t granter, const struct node *block,
	       unsigned refs, struct diags *diags)
{
	if (held >= refs)
		return true;
	diag_error(diags, block->place,
		   "%u grant references are needed, the 'grant_frames' of "
		   "domain %u hold %u",
		   refs, granter, held);
	return false;
}

bool ends_hold(const struct ends *ends, const struct node *block, unsigned refs,
	       struct diags *diags)
{
	return ends_refs(ends->refs, ends->frontend, block, refs, diags);
}
