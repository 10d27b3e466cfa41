/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ev_hypercall.c - grant operations of a trace as a guest would write them. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "mmu/x86.h"
#include "sim/pgtab.h"
#include "sim/state.h"

static ASIDE int no_address(struct call *call, const struct op *op, uint64_t at,
			    int why)
{
	struct place place = sim_place(call->place, op);

	if (why == -ENOMEM)
		diag_error(call->sim->diags, place,
			   "no machine memory is left for page tables");
	else
		diag_error(call->sim->diags, place,
			   "0x%" PRIx64 " has no page-table entry", at);
	return -EBADMSG;
}

/* After it no table goes away, until the hypercall runs. */
static __attribute__((noinline)) int make_address(struct call *call,
						  const struct op *op,
						  uint64_t at,
						  uint64_t *address)
{
	paddr_t entry;
	int rc = pgtab_make(call->domain, at, 1, &entry);

	if (rc == -ENOMEM || (rc < 0 && op->at_pte))
		return no_address(call, op, at, rc);
	if (rc < 0)
		return 0;
	call->region = at >> PGTAB_REGION_SHIFT;
	if (op->at_pte)
		*address = entry;
	return 0;
}

/*
 * The address to give for @at: itself, after the guest made the tables above
 * it, or the machine address of its L1 entry.  Addresses that no guest may
 * use are the hypervisor's to refuse.
 */
static inline int host_address(struct call *call, const struct op *op,
			       uint64_t at, uint64_t *address)
{
	*address = at;
	if (!op->at_pte && at >> PGTAB_REGION_SHIFT == call->region)
		return 0;
	return make_address(call, op, at, address);
}

static inline int build_map(struct call *call, const struct op *op, void *to)
{
	gnttab_map_grant_ref_t *map = to;

	map->flags = op->flags;
	map->ref = op->ref;
	map->dom = op->from;
	map->host_addr = op->at;
	if (!(map->flags & GNTMAP_host_map))
		return 0;
	if ((map->flags & GNTMAP_contains_pte) && !op->at_pte)
		return 0; /* a machine address already */
	return host_address(call, op, op->at, &map->host_addr);
}

static int build_maps(struct call *call)
{
	return call_build_each(call, build_map, sizeof(gnttab_map_grant_ref_t),
			       offsetof(gnttab_map_grant_ref_t, status));
}

/* @label is that of what was mapped. */
static inline int bind(struct handles *handles, struct label label,
		       const gnttab_map_grant_ref_t *map)
{
	struct binding *binding = handles_bind(handles, label);

	if (!binding)
		return -ENOMEM;
	*binding = (struct binding){
		.at = map->host_addr,
		.bus = map->dev_bus_addr,
		.handle = map->status == GNTST_okay ? map->handle
						    : HANDLE_OF_FAILED,
		.bound = true,
	};
	return 0;
}

static int maps_ended(struct call *call, size_t first, size_t end)
{
	const gnttab_map_grant_ref_t *map = (const void *)call->args;
	const struct op *ops = call->ops;
	struct sim *sim = call->sim;
	int rc = 0;

	for (size_t i = first; i < end; i++) {
		if (ops[i].as.name < 0)
			continue;
		sim_touch(sim, TOUCH_NAMES, 0, TOUCH_UPDATE);
		if (bind(&sim->handles, ops[i].as, &map[i]) < 0)
			rc = -ENOMEM;
	}
	return rc;
}

static ASIDE void tell_unbound(struct call *call, const struct op *op)
{
	diag_error(call->sim->diags, sim_place(call->place, op),
		   "nothing was mapped under this name at index %" PRIu32,
		   op->label.index);
}

/* What the label of @op, which has one, is bound to; NULL after an error. */
static inline const struct binding *find_binding(struct call *call,
						 const struct op *op)
{
	const struct binding *found;

	sim_touch(call->sim, TOUCH_NAMES, 0, TOUCH_READ);
	found = handles_get(&call->sim->handles, op->label);
	if (!found)
		tell_unbound(call, op);
	return found;
}

/* A handle by its name is unmapped where it was mapped unless said
 * otherwise. */
static inline int build_unmap(struct call *call, const struct op *op, void *to)
{
	gnttab_unmap_grant_ref_t *unmap = to;
	const struct binding *binding = NULL;

	unmap->handle = op->handle;
	unmap->dev_bus_addr = op->dev_bus_addr;
	if (op->label.name >= 0) {
		binding = find_binding(call, op);
		if (!binding)
			return -EBADMSG;
		unmap->handle = binding->handle;
		if (op->with_device)
			unmap->dev_bus_addr = binding->bus;
	}
	if (op->without_host)
		return 0;
	if (op->at_given)
		return host_address(call, op, op->at, &unmap->host_addr);
	if (binding)
		unmap->host_addr = binding->at;
	return 0;
}

static int build_unmaps(struct call *call)
{
	return call_build_each(call, build_unmap,
			       sizeof(gnttab_unmap_grant_ref_t),
			       offsetof(gnttab_unmap_grant_ref_t, status));
}

static int build_replace(struct call *call, const struct op *op, void *to)
{
	gnttab_unmap_and_replace_t *replace = to;
	gnttab_unmap_grant_ref_t unmap = { .host_addr = 0 };
	struct op new_at = *op;
	int rc = build_unmap(call, op, &unmap);

	replace->handle = unmap.handle;
	replace->host_addr = unmap.host_addr;
	new_at.at_pte = false;
	if (rc == 0)
		rc = host_address(call, &new_at, op->new_at,
				  &replace->new_addr);
	return rc;
}

/* The mapping at new_addr, if it was a grant's, is where the old one was. */
static void replace_ended(struct call *call,
			  const gnttab_unmap_and_replace_t *replace)
{
	struct sim *sim = call->sim;
	struct pgtab_leaf from = pgtab_find(call->domain, replace->new_addr);
	struct pgtab_leaf to = pgtab_find(call->domain, replace->host_addr);

	if (replace->status == GNTST_okay && replace->host_addr) {
		sim_count(sim, COUNTER_grant_pages_unmapped, 1);
		sim_count(sim, COUNTER_grant_pages_touched,
			  marks_is_touched(sim->marks, to.entry));
		marks_move(sim->marks, from.entry, to.entry);
	} else if (from.level == 1 && !(from.value & PTE_P)) {
		marks_clear(sim->marks, from.entry);
	}
}

static int replaces_ended(struct call *call, size_t first, size_t end)
{
	const gnttab_unmap_and_replace_t *replace = (const void *)call->args;

	for (size_t i = first; i < end; i++)
		replace_ended(call, &replace[i]);
	return 0;
}

static struct gnttab_copy_ptr build_end(const struct copy_end *end)
{
	struct gnttab_copy_ptr ptr = {
		.domid = end->domain,
		.offset = end->offset,
	};

	if (end->by_ref)
		ptr.u.ref = end->ref;
	else
		ptr.u.gmfn = end->frame;
	return ptr;
}

static inline int build_copy(struct call *call, const struct op *op, void *to)
{
	gnttab_copy_t *copy = to;

	(void)call;
	copy->source = build_end(&op->source);
	copy->dest = build_end(&op->dest);
	copy->len = op->length;
	copy->flags = (uint16_t)((op->source.by_ref ? GNTCOPY_source_gref : 0) |
				 (op->dest.by_ref ? GNTCOPY_dest_gref : 0));
	return 0;
}

static int build_copies(struct call *call)
{
	return call_build_each(call, build_copy, sizeof(gnttab_copy_t),
			       offsetof(gnttab_copy_t, status));
}

static int build_transfer(struct call *call, const struct op *op, void *to)
{
	gnttab_transfer_t *transfer = to;

	(void)call;
	transfer->mfn = op->frame;
	transfer->domid = op->from;
	transfer->ref = op->ref;
	return 0;
}

/* clang-format off */
static const struct call_kind kinds[EVENT_KINDS] = {
	[EVENT_map] = {
		.cmd = GNTTABOP_map_grant_ref,
		.size = sizeof(gnttab_map_grant_ref_t),
		.status = offsetof(gnttab_map_grant_ref_t, status),
		.counted = true,
		.succeeded = COUNTER_grant_map_ops,
		.build_all = build_maps,
		.ended = maps_ended,
	},
	[EVENT_unmap] = {
		.cmd = GNTTABOP_unmap_grant_ref,
		.size = sizeof(gnttab_unmap_grant_ref_t),
		.status = offsetof(gnttab_unmap_grant_ref_t, status),
		.counted = true,
		.succeeded = COUNTER_grant_unmap_ops,
		.build_all = build_unmaps,
	},
	[EVENT_unmap_and_replace] = {
		.cmd = GNTTABOP_unmap_and_replace,
		.size = sizeof(gnttab_unmap_and_replace_t),
		.status = offsetof(gnttab_unmap_and_replace_t, status),
		.counted = true,
		.succeeded = COUNTER_grant_replace_ops,
		.build = build_replace,
		.ended = replaces_ended,
	},
	[EVENT_copy] = {
		.cmd = GNTTABOP_copy,
		.size = sizeof(gnttab_copy_t),
		.status = offsetof(gnttab_copy_t, status),
		.counted = true,
		.succeeded = COUNTER_grant_copy_ops,
		.build_all = build_copies,
	},
	[EVENT_transfer] = {
		.cmd = GNTTABOP_transfer,
		.size = sizeof(gnttab_transfer_t),
		.status = offsetof(gnttab_transfer_t, status),
		.build = build_transfer,
	},
};
/* clang-format on */

int ev_hypercall(struct sim *sim, const struct event *event)
{
	struct cpu *cpu = cpu_of_event(sim, event);

	if (!cpu)
		return -EBADMSG;
	return call_run_event(cpu, &kinds[event->kind], event);
}

int ev_resume(struct sim *sim, const struct event *event)
{
	if (pinning_is_open(sim, event->call))
		return pinning_resume(sim, event);
	return call_resume(sim, event);
}
