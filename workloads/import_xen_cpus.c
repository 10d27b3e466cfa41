/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import_xen_cpus.c - which CPU runs which domain, and touches what.
 *
 * A recorded flush names the CPUs that it went to: the ones that held the
 * domain's page tables.  So before a call every CPU of its mask runs the
 * domain, and every other one runs something else, which it has to load
 * (going idle would leave the old tables in place).  CPUs start out idle.
 *
 * Sources: domain_dirty_cpumask and __context_switch, xen/arch/x86/domain.c.
 */
#include "workloads/import_xen.h"

#include <inttypes.h>

#include "gnttab/gnttab.h"

#define BIT(cpu) (UINT64_C(1) << (cpu))

/* ---- schedule ------------------------------------------------------------ */

/* @point: 0, or the preemption point of the next call where it happens. */
static void run(struct xen_import *x, unsigned cpu, domid_t domain,
		uint32_t point)
{
	if (cpu >= x->cpus)
		x->cpus = cpu + 1;
	if (x->running[cpu] == domain)
		return;
	x->running[cpu] = domain;
	xen_domain(x, domain);
	xen_event(x, "schedule cpu=%u domain=%u", cpu, domain);
	if (point)
		xen_print(x, " point=%" PRIu32, point);
	xen_event_end(x);
}

void xen_cpus_run(struct xen_import *x, unsigned cpu, domid_t domain)
{
	run(x, cpu, domain, 0);
}

/* What @cpu may run if not @domain: what it was last seen with, or any. */
static domid_t another(const struct xen_import *x, unsigned cpu, domid_t domain)
{
	const struct xen_state *s = &x->state;

	if (x->seen[cpu] != domain && x->seen[cpu] != XEN_IDLE)
		return x->seen[cpu];
	for (size_t i = 0; i < s->nr_domains; i++)
		if (s->domain[i].id != domain)
			return s->domain[i].id;
	return domain ? 0 : 1;
}

/* The CPUs of @mask, and no other, hold the tables of @call's domain. */
static void hold(struct xen_import *x, const struct xen_call *call,
		 uint64_t mask, uint32_t point)
{
	mask |= BIT(call->cpu);
	for (unsigned cpu = 0; cpu < XEN_MAX_CPUS; cpu++) {
		if (mask & BIT(cpu))
			run(x, cpu, call->dom, point);
		else if (x->running[cpu] == call->dom)
			run(x, cpu, another(x, cpu, call->dom), point);
	}
}

void xen_cpus_schedule(struct xen_import *x, const struct xen_call *call)
{
	uint32_t batches = (call->nr_ops + GNTTAB_UNMAP_BATCH - 1) /
			   GNTTAB_UNMAP_BATCH;

	run(x, call->cpu, call->dom, 0);
	if (!xen_call_unmaps(call))
		return;
	for (uint32_t i = 0; i < call->nr_masks && i < batches; i++)
		hold(x, call, call->mask[i], i);
}

/* ---- touches ------------------------------------------------------------- */

/* @n things among @parts takers: the share of taker @i. */
static uint64_t share(uint64_t n, unsigned parts, unsigned i)
{
	return n / parts + (i < n % parts);
}

static void print_access(struct xen_import *x, const char *what, unsigned cpu,
			 uint64_t at, uint64_t count)
{
	if (!count)
		return;
	xen_event(x, "%s cpu=%u at=0x%" PRIx64, what, cpu, at);
	if (count > 1)
		xen_print(x, " count=%" PRIu64, count);
	xen_event_end(x);
}

/*
 * The recorder counts loads and stores, and says which CPUs there were, not
 * which did how many: they share alike.  Stores are dealt out from the other
 * end, so that each CPU has something if there is enough for all.
 */
static void touch(struct xen_import *x, const struct xen_call *call,
		  uint64_t mask, uint64_t at, uint64_t loads, uint64_t stores)
{
	unsigned cpus = (unsigned)__builtin_popcountll(mask), i = 0;

	for (unsigned cpu = 0; cpu < XEN_MAX_CPUS; cpu++) {
		if (!(mask & BIT(cpu)))
			continue;
		run(x, cpu, call->dom, 0);
		print_access(x, "read", cpu, at, share(loads, cpus, i));
		print_access(x, "write", cpu, at,
			     share(stores, cpus, cpus - 1 - i));
		i++;
	}
}

static void touch_op(struct xen_import *x, const struct xen_call *call,
		     const struct xen_op *op)
{
	const struct xen_mapping *m = xen_state_mapping(x, call->dom,
							op->unmap.handle);
	uint64_t loads = op->unmap.loads, stores = op->unmap.stores, at;
	uint64_t mask = op->unmap.touched_by;

	if (loads | stores) {
		if (!mask)
			xen_note(x, XEN_NOTE_no_cpumask, 1);
	} else {
		loads = 1; /* not known: assumed */
	}
	if (!mask)
		mask = BIT(call->cpu);
	if (stores && (m->flags & GNTMAP_readonly)) {
		xen_note(x, XEN_NOTE_readonly_stores, 1);
		loads = loads > UINT64_MAX - stores ? loads : loads + stores;
		stores = 0;
	}
	at = m->host_addr;
	if (m->flags & GNTMAP_contains_pte)
		at = xen_state_pte_window(x, call->dom, at);
	touch(x, call, mask, at, loads, stores);
}

void xen_cpus_touch(struct xen_import *x, const struct xen_call *call)
{
	if (!xen_call_unmaps(call))
		return;
	for (uint32_t i = 0; i < call->nr_ops && !x->error; i++) {
		const struct xen_op *op = &call->op[i];

		if (op->unmap.host_addr && xen_op_succeeds(x, call, op) &&
		    xen_op_touched(x, call, op))
			touch_op(x, call, op);
	}
}
