/* SPDX-License-Identifier: GPL-2.0-or-later */
/* domain.c - guests: where their memory lies, and how to find them. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "sim/pgtab.h"
#include "sim/state.h"

#define FRAMES_2M UINT64_C(512)
#define FRAMES_1G (FRAMES_2M * 512)
/* More than any machine addresses: 2^53 bytes. */
#define FRAMES_LIMIT (UINT64_C(1) << 41)

/* Where a domain of @frames frames starts, at or after @next. */
static uint64_t align_for(uint64_t next, uint64_t frames)
{
	uint64_t unit = frames >= FRAMES_1G ? FRAMES_1G : FRAMES_2M;

	return (next + unit - 1) / unit * unit;
}

uint64_t domains_frames(const struct trace_header *header)
{
	uint64_t next = FRAMES_OWN;

	for (size_t i = 0; i < header->nr_domains; i++) {
		uint64_t frames = header->domain[i].memory / FRAME_BYTES;

		next = align_for(next, frames);
		if (frames >= FRAMES_LIMIT - next)
			return FRAMES_LIMIT;
		next += frames;
	}
	return next;
}

static enum gnttab_update update_of(const struct trace_header *header,
				    const struct gnttab_policy *policy)
{
	switch (header->update) {
	case UPDATE_PLAIN:
		return GNTTAB_UPDATE_PLAIN;
	case UPDATE_CMPXCHG:
		return GNTTAB_UPDATE_CMPXCHG;
	case UPDATE_CMPXCHG_PRESERVE:
		return GNTTAB_UPDATE_CMPXCHG_PRESERVE;
	case UPDATE_BY_POLICY:
		break;
	}
	return policy->update;
}

static struct gnttab_rules rules_of(const struct sim *sim,
				    const struct trace_domain *config)
{
	return (struct gnttab_rules){
		.policy = sim->policy,
		.era = sim->header->era,
		.update = update_of(sim->header, sim->policy),
		.max_grant_frames = config->grant_frames,
		.max_maptrack_frames = config->maptrack_frames,
		.amd = sim->header->profile.mmu.vendor == MMU_AMD,
	};
}

static int domain_create(struct sim *sim, struct domain *d,
			 const struct trace_domain *config, uint64_t first)
{
	struct gnttab_domain who = {
		.id = config->id,
		.machine = d,
		.hardware = config->hardware,
		.external = config->external,
		.iommu = config->iommu,
	};

	*d = (struct domain){
		.sim = sim,
		.config = config,
		.id = config->id,
		.first = first,
		.frames = config->memory / FRAME_BYTES,
		.owned = config->memory / FRAME_BYTES,
		.rules = rules_of(sim, config),
	};
	if (p2m_create(&d->p2m, sim->maps, d->first, d->frames) < 0 ||
	    pgtab_create(d) < 0)
		return -ENOMEM;
	if (config->iommu)
		d->iommu = iommu_create(sim->frames.count);
	sim->oracle.devices |= config->iommu;
	if (config->iommu && !d->iommu)
		return -ENOMEM;
	d->grants = gnttab_create(&sim->cpu[0], &who, &d->rules);
	if (!d->grants)
		return -ENOMEM;
	return config->version == 2
		       ? gnttab_set_version(&sim->cpu[0], d->grants, 2)
		       : 0;
}

static int make_room(struct sim *sim)
{
	const struct trace_header *header = sim->header;
	unsigned ids = 0;

	for (size_t i = 0; i < header->nr_domains; i++)
		if (header->domain[i].id >= ids)
			ids = header->domain[i].id + 1u;
	sim->nr_domain_ids = ids;
	sim->domain_by_id = calloc(ids, sizeof(*sim->domain_by_id));
	sim->domain = calloc(header->nr_domains, sizeof(*sim->domain));
	return sim->domain && sim->domain_by_id ? 0 : -ENOMEM;
}

int domains_create(struct sim *sim)
{
	const struct trace_header *header = sim->header;
	uint64_t next = FRAMES_OWN;

	if (make_room(sim) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < header->nr_domains; i++) {
		const struct trace_domain *config = &header->domain[i];
		uint64_t frames = config->memory / FRAME_BYTES;
		uint64_t first = align_for(next, frames);

		sim->nr_domains = i + 1;
		sim->domain_by_id[config->id] = &sim->domain[i];
		if (domain_create(sim, &sim->domain[i], config, first) < 0)
			return -ENOMEM;
		next = first + frames;
	}
	return 0;
}

void domains_destroy(struct sim *sim)
{
	for (size_t i = 0; i < sim->nr_domains; i++) {
		struct domain *d = &sim->domain[i];

		if (d->grants)
			gnttab_destroy(d->grants);
		iommu_destroy(d->iommu);
		if (d->p2m.word)
			p2m_destroy(&d->p2m);
	}
	free(sim->domain_by_id);
	free(sim->domain);
}

struct domain *domain_of_frame(struct sim *sim, mfn_t mfn)
{
	size_t low = 0, high = sim->nr_domains;

	if (mfn.n >= sim->frames.count ||
	    sim->frames.frame[mfn.n].type == FRAME_FREE)
		return NULL;
	if (mfn.n < FRAMES_OWN || sim->frames.frame[mfn.n].moved)
		return sim->frames.frame[mfn.n].owner;
	while (high - low > 1) {
		size_t middle = (low + high) / 2;

		if (sim->domain[middle].first <= mfn.n)
			low = middle;
		else
			high = middle;
	}
	if (mfn.n - sim->domain[low].first >= sim->domain[low].frames)
		return NULL;
	return &sim->domain[low];
}

int domain_check_ram(struct domain *d, struct place place, uint64_t gfn,
		     uint64_t count, mfn_t *mfn)
{
	uint64_t limit = p2m_limit(&d->p2m);

	if (gfn < limit && count <= limit - gfn &&
	    p2m_is_ram(&d->p2m, gfn, count, mfn))
		return 0;
	if (gfn >= d->frames || count > d->frames - gfn)
		diag_error(d->sim->diags, place,
			   "frame 0x%" PRIx64 " is past the memory of domain "
			   "%u, which has 0x%" PRIx64 " frames",
			   gfn, d->id, d->frames);
	else
		diag_error(d->sim->diags, place,
			   "frame 0x%" PRIx64 " of domain %u is not%s memory",
			   gfn, d->id, count > 1 ? " one piece of" : "");
	return -EBADMSG;
}
