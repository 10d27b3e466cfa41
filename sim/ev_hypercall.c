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

/* Is @at what to give, as the tables above it are there? */
static inline bool is_address(const struct call *call, const struct op *op,
			      uint64_t at)
{
	return at >> PGTAB_REGION_SHIFT == call->region && !op->at_pte;
}

/* After it no table goes away, until the hypercall runs. */
static __attribute__((noinline)) int make_address(struct call *call,
						  const struct op *op,
						  uint64_t at,
						  uint64_t *address)
{
	paddr_t entry;
	int rc = 0;

	if (!pgtab_known(call->domain, at, &entry))
		rc = pgtab_make(call->domain, at, 1, &entry);
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
	return is_address(call, op, at) ? 0
					: make_address(call, op, at, address);
}

/* Does @op need no address, or bring a machine address already? */
static inline bool has_address(const struct op *op)
{
	return !(op->flags & GNTMAP_host_map) ||
	       ((op->flags & GNTMAP_contains_pte) && !op->at_pte);
}

static int build_maps(struct call *call)
{
	gnttab_map_grant_ref_t *map = (void *)call->args;
	const struct op *op = call->ops, *end = op + call->nr_ops;

	for (; op < end; op++, map++) {
		*map = (gnttab_map_grant_ref_t){
			.host_addr = op->at,
			.flags = op->flags,
			.ref = op->ref,
			.dom = op->from,
			.status = STATUS_NOT_REACHED,
		};
		if (is_address(call, op, op->at) || has_address(op))
			continue;
		if (make_address(call, op, op->at, &map->host_addr) < 0)
			return -EBADMSG;
	}
	return 0;
}

/* ---- names of handles --------------------------------------------------- */

/* The name that the operation before had, and what there is under it: most
 * operations of a call have the same. */
struct bindings {
	int32_t name;
	struct binding_array of;
};
#define NO_BINDINGS ((struct bindings){ .name = -1 })

static void bindings_turn(struct bindings *bindings, struct sim *sim,
			  int32_t name, enum touch_how how)
{
	sim_touch(sim, TOUCH_NAMES, 0, how);
	bindings->name = name;
	bindings->of = handles_of(&sim->handles, name);
}

/* The same with room for @label; -ENOMEM. */
static __attribute__((noinline)) int
bindings_make(struct bindings *bindings, struct sim *sim, struct label label)
{
	int rc = handles_make_room(&sim->handles, label);

	bindings_turn(bindings, sim, label.name, TOUCH_UPDATE);
	return rc;
}

static inline bool bindings_have(const struct bindings *bindings,
				 struct label label)
{
	return label.name == bindings->name && label.index < bindings->of.room;
}

static int maps_ended(struct call *call, size_t first, size_t end)
{
	const gnttab_map_grant_ref_t *map = (const void *)call->args;
	const struct op *op = call->ops + first, *last = call->ops + end;
	struct bindings bindings = NO_BINDINGS;

	if (op->as.name >= 0)
		bindings_turn(&bindings, call->sim, op->as.name, TOUCH_UPDATE);
	for (map += first; op < last; op++, map++) {
		const struct label as = op->as;
		const bool failed = map->status != GNTST_okay;

		if (!bindings_have(&bindings, as)) {
			if (as.name < 0)
				continue;
			if (bindings_make(&bindings, call->sim, as) < 0)
				return -ENOMEM;
		}
		bindings.of.binding[as.index] = (struct binding){
			.at = map->host_addr,
			.bus = map->dev_bus_addr,
			.handle = failed ? HANDLE_OF_FAILED : map->handle,
			.bound = true,
		};
	}
	return 0;
}

static ASIDE void tell_unbound(struct call *call, const struct op *op)
{
	diag_error(call->sim->diags, sim_place(call->place, op),
		   "nothing was mapped under this name at index %" PRIu32,
		   op->label.index);
}

/* What the label of @op, which has one, is bound to; NULL after an error. */
static const struct binding *
find_binding(struct bindings *bindings, struct call *call, const struct op *op)
{
	const struct label label = op->label;

	bindings_turn(bindings, call->sim, label.name, TOUCH_READ);
	if (label.index < bindings->of.room &&
	    bindings->of.binding[label.index].bound)
		return &bindings->of.binding[label.index];
	tell_unbound(call, op);
	return NULL;
}

/* A handle by its name is unmapped where it was mapped unless said
 * otherwise. */
static __attribute__((noinline)) int
build_unmap(struct bindings *bindings, struct call *call, const struct op *op,
	    gnttab_unmap_grant_ref_t *unmap)
{
	const struct binding *binding = NULL;

	*unmap = (gnttab_unmap_grant_ref_t){
		.handle = op->handle,
		.dev_bus_addr = op->dev_bus_addr,
		.status = STATUS_NOT_REACHED,
	};
	if (op->label.name >= 0) {
		binding = find_binding(bindings, call, op);
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

/* What the label of @op is bound to, if that is the name of the one before and
 * its host part alone is unmapped, where it was mapped, as most often; NULL: it
 * is anything else. */
static inline const struct binding *
find_like_before(const struct bindings *bindings, const struct op *op)
{
	const struct binding *binding;

	if (op->with_device || op->without_host || op->at_given ||
	    !bindings_have(bindings, op->label))
		return NULL;
	binding = &bindings->of.binding[op->label.index];
	return binding->bound ? binding : NULL;
}

static int build_unmaps(struct call *call)
{
	gnttab_unmap_grant_ref_t *unmap = (void *)call->args;
	const struct op *op = call->ops, *end = op + call->nr_ops;
	struct bindings bindings = NO_BINDINGS;

	if (op < end && op->label.name >= 0)
		bindings_turn(&bindings, call->sim, op->label.name, TOUCH_READ);
	for (; op < end; op++, unmap++) {
		const struct binding *found = find_like_before(&bindings, op);

		if (!found) {
			if (build_unmap(&bindings, call, op, unmap) < 0)
				return -EBADMSG;
			continue;
		}
		*unmap = (gnttab_unmap_grant_ref_t){
			.host_addr = found->at,
			.dev_bus_addr = op->dev_bus_addr,
			.handle = found->handle,
			.status = STATUS_NOT_REACHED,
		};
	}
	return 0;
}

static int build_replace(struct call *call, const struct op *op, void *to)
{
	gnttab_unmap_and_replace_t *replace = to;
	gnttab_unmap_grant_ref_t unmap;
	struct bindings bindings = NO_BINDINGS;
	struct op new_at = *op;
	int rc = build_unmap(&bindings, call, op, &unmap);

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
