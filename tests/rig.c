/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rig.c - a small machine for tests. */
#include <string.h>

#include "tests/rig.h"

static const struct mmu_profile profile = {
	.name = "rig",
	.vendor = MMU_INTEL,
	.maxphyaddr = 46,
	.page_1g = true,
	.nr_tlbs = 1,
	.tlb = { {
		.level = 1,
		.sizes = 1u << MMU_4K | 1u << MMU_2M | 1u << MMU_1G,
		.accesses = 1u << MMU_READ | 1u << MMU_WRITE | 1u << MMU_FETCH,
		.infinite = true,
	} },
	.cost = {
		.l1_hit = 1,
		.walk = 30,
		.flush_all = 200,
		.mov_cr3 = 100,
		.invlpg = 150,
		.ipi = 1000,
		.ipi_per_cpu = 10,
		.hypercall = 500,
	},
};

void rig_prepare(struct rig *rig, const char *name)
{
	memset(rig, 0, sizeof(*rig));
	rig->header.profile.mmu = profile;
	rig->header.cpus = RIG_CPUS;
	rig->header.policy = gnttab_policy_find(name);
	ck_assert_ptr_nonnull(rig->header.policy);
	rig->header.nr_schedule = RIG_CPUS;
	for (unsigned i = 0; i < RIG_CPUS; i++)
		rig->header.schedule[i].cpu = i;
	rig->header.nr_domains = 3;
	for (unsigned i = 0; i < 3; i++)
		rig->header.domain[i] = (struct trace_domain){
			.id = (domid_t)i,
			.hardware = i == 0,
			.memory = 64 << 20,
			.grant_frames = 64,
			.maptrack_frames = 1024,
		};
}

void rig_start(struct rig *rig)
{
	struct sim_config config = {
		.header = &rig->header,
		.policy = rig->header.policy,
		.seed = 1,
		.buckets = rig->buckets,
	};

	ck_assert_int_eq(sim_create(&rig->sim, &config), 0);
}

void rig_open(struct rig *rig, const char *name)
{
	rig_prepare(rig, name);
	rig_start(rig);
}

void rig_open_mapped(struct rig *rig, const char *name, unsigned n,
		     unsigned flags)
{
	rig_open(rig, name);
	rig_grant(rig, 8, n, flags & GNTMAP_readonly);
	rig_map(rig, 8, n, AT, flags);
}

void rig_close(struct rig *rig)
{
	sim_destroy(rig->sim);
}

void rig_finish(struct rig *rig)
{
	sim_finish(rig->sim);
	ck_count(rig, "oracle.violations", 0);
	rig_close(rig);
}

struct event rig_event(struct rig *rig, enum event_kind kind)
{
	return (struct event){
		.kind = kind,
		.place = { "rig", (uint32_t)rig->number + 1, 1 },
		.cpu = CPU_ANY,
		.domain = DOMAIN_NONE,
		.call = NO_LABEL,
		.ops = rig->ops,
	};
}

int rig_try(struct rig *rig, struct event *event)
{
	event->number = rig->number++;
	return sim_event(rig->sim, event, &rig->diags, &rig->failed);
}

void rig_run(struct rig *rig, struct event *event)
{
	int rc = rig_try(rig, event);

	ck_assert_msg(rc == 0, "event %u: %d, %s", (unsigned)event->number, rc,
		      rig->diags.diag[0].text);
}

static struct op *new_ops(struct rig *rig, unsigned n)
{
	ck_assert_uint_le(n, RIG_MAX_OPS);
	for (unsigned i = 0; i < n; i++)
		rig->ops[i] = (struct op){ .as = NO_LABEL, .label = NO_LABEL };
	return rig->ops;
}

void rig_grant(struct rig *rig, unsigned ref, unsigned n, bool readonly)
{
	struct event event = rig_event(rig, EVENT_grant);
	struct op *op = new_ops(rig, n);

	event.domain = 1;
	event.nr_ops = n;
	event.grant.readonly = readonly;
	for (unsigned i = 0; i < n; i++)
		op[i].ref = op[i].frame = ref + i;
	rig_run(rig, &event);
}

void rig_revoke(struct rig *rig, unsigned ref, unsigned n)
{
	struct event event = rig_event(rig, EVENT_revoke);
	struct op *op = new_ops(rig, n);

	event.domain = 1;
	event.nr_ops = n;
	for (unsigned i = 0; i < n; i++)
		op[i].ref = ref + i;
	rig_run(rig, &event);
}

struct event rig_map_event(struct rig *rig, int domain, unsigned ref,
			   unsigned n, uint64_t at, unsigned flags)
{
	struct event event = rig_event(rig, EVENT_map);
	struct op *op = new_ops(rig, n);

	event.domain = domain;
	event.nr_ops = n;
	for (unsigned i = 0; i < n; i++) {
		op[i].ref = ref + i;
		op[i].from = 1;
		op[i].at = at + i * PAGE;
		op[i].at_given = true;
		op[i].at_pte = flags & GNTMAP_contains_pte;
		op[i].flags = flags;
		op[i].as = (struct label){ 0, i };
	}
	return event;
}

void rig_map(struct rig *rig, unsigned ref, unsigned n, uint64_t at,
	     unsigned flags)
{
	struct event event = rig_map_event(rig, 0, ref, n, at, flags);

	rig_run(rig, &event);
}

struct event rig_unmap_event(struct rig *rig, int domain, unsigned first,
			     unsigned n)
{
	struct event event = rig_event(rig, EVENT_unmap);
	struct op *op = new_ops(rig, n);

	event.domain = domain;
	event.nr_ops = n;
	for (unsigned i = 0; i < n; i++)
		op[i].label = (struct label){ 0, first + i };
	return event;
}

void rig_unmap(struct rig *rig, unsigned first, unsigned n)
{
	struct event event = rig_unmap_event(rig, 0, first, n);

	rig_run(rig, &event);
}

void rig_access(struct rig *rig, enum event_kind kind, int cpu, uint64_t at)
{
	struct event event = rig_event(rig, kind);

	event.cpu = cpu;
	event.access.at = at;
	event.access.count = 1;
	rig_run(rig, &event);
}

struct event rig_page_event(struct rig *rig, enum event_kind kind, uint64_t at,
			    uint64_t frame)
{
	struct event event = rig_event(rig, kind);

	event.domain = 0;
	event.nr_ops = 1;
	event.page.size = MMU_4K;
	event.page.flags = PAGE_WRITABLE | PAGE_USER;
	rig->ops[0] = (struct op){ .at = at, .frame = frame };
	return event;
}

void rig_map_own(struct rig *rig, uint64_t at, uint64_t frame)
{
	struct event event = rig_page_event(rig, EVENT_map_page, at, frame);

	rig_run(rig, &event);
}

void rig_schedule(struct rig *rig, int cpu, int domain)
{
	struct event event = rig_event(rig, EVENT_schedule);

	event.cpu = cpu;
	event.domain = domain;
	rig_run(rig, &event);
}

uint64_t rig_count(struct rig *rig, const char *path)
{
	int counter = counter_find(path);

	ck_assert_msg(counter >= 0, "no counter %s", path);
	return sim_results(rig->sim)->count[counter];
}

const char *rig_first(struct rig *rig)
{
	return sim_results(rig->sim)->first;
}
