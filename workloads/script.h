/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * script.h - the two ends of a split driver, and the events that one step of
 * them makes: written down in order, then taken one by one.
 */
#ifndef WORKLOADS_SCRIPT_H
#define WORKLOADS_SCRIPT_H

#include "sim/event.h"
#include "sim/node.h"
#include "sim/trace.h"

/* The frontend grants, the backend maps. */
struct ends {
	domid_t frontend, backend;
	unsigned nr_cpus;      /* of the backend; 0: any that runs it */
	uint8_t cpus[64];
	uint64_t front_frames; /* memory of each, in frames */
	uint64_t back_frames;
	uint32_t refs; /* that the frontend's table can hold,
			  without the reserved ones */
};

/* Keys of a block, for the tables of its readers: @into has a member `who`
 * of this type. */
struct ends_keys {
	uint32_t frontend, backend;
	bool frontend_given, backend_given;
	const struct node *cpu; /* one, or a list */
};
/* clang-format off */
#define ENDS_FIELDS(into)                                                     \
	{ .name = "frontend", .type = FIELD_U32,                             \
	  .offset = offsetof(into, who.frontend),                             \
	  .given = offsetof(into, who.frontend_given) },                      \
	{ .name = "backend", .type = FIELD_U32,                              \
	  .offset = offsetof(into, who.backend),                              \
	  .given = offsetof(into, who.backend_given) },                       \
	{ .name = "cpu", .type = FIELD_NODE,                                 \
	  .offset = offsetof(into, who.cpu) }
/* clang-format on */

/*
 * Who is meant by @keys of @block: by default the hardware domain is the
 * backend and the first other one the frontend.  false after adding errors.
 */
bool ends_find(struct ends *ends, const struct ends_keys *keys,
	       const struct node *block, const struct trace_header *header,
	       struct diags *diags);

/* For a third domain: the one that the value of @key names, or NULL after
 * adding an error; how many references its table holds, without the reserved
 * ones; are these enough? */
const struct trace_domain *ends_named(const struct trace_header *header,
				      const struct node *block, const char *key,
				      uint32_t id, struct diags *diags);
uint32_t ends_table(const struct trace_domain *domain);
bool ends_refs(uint32_t held, domid_t granter, const struct node *block,
	       unsigned refs, struct diags *diags);

/* The CPU that works for a queue of the backend, or CPU_ANY. */
static inline int ends_cpu(const struct ends *ends, unsigned queue)
{
	return ends->nr_cpus ? ends->cpus[queue % ends->nr_cpus] : CPU_ANY;
}

/* Does the frontend's table hold @refs references?  Else an error. */
bool ends_hold(const struct ends *ends, const struct node *block, unsigned refs,
	       struct diags *diags);

#define SCRIPT_EVENTS 2048
#define SCRIPT_OPS 6144 /* of each kind */

/* Events that have operations. */
enum script_kind {
	SCRIPT_GRANT, SCRIPT_REVOKE, SCRIPT_MAP, SCRIPT_UNMAP, SCRIPT_COPY,
	SCRIPT_KINDS,
};

/* Operations of a kind: what is the same in all of them is filled in once. */
struct script_ops {
	struct op *next; /* to be used in this step */
	struct op *end;	 /* of those that were filled in */
	struct op op[SCRIPT_OPS];
};

struct script {
	const struct ends *ends;
	int cpu;	    /* that works now, or CPU_ANY */
	int32_t label;	    /* name of handles; index is a page */
	uint64_t address;   /* of page 0 of the backend */
	struct place place; /* of what is being done */
	size_t nr_events, taken;
	struct event event[SCRIPT_EVENTS];
	struct event *newest;
	enum script_kind kind; /* of its operations; or SCRIPT_KINDS */
	struct script_ops ops[SCRIPT_KINDS];
};

/* The first references belong to the console and to xenstore. */
#define FIRST_REF GNTTAB_NR_RESERVED_ENTRIES

/* A script for @ends; the rest of it is 0, or for the caller to set.  @label
 * names handles, @address is that of page 0 of the backend. */
void script_init(struct script *script, const struct ends *ends, int32_t label,
		 uint64_t address);
/* Forget the events that were taken; what follows is done for @place. */
void script_begin(struct script *script, struct place place);
/* The next event, once a step is written down; NULL: all were taken. */
static inline struct event *script_take(struct script *script)
{
	return script->taken == script->nr_events
		       ? NULL
		       : &script->event[script->taken++];
}

/* Each starts an event; the operations that follow are its own. */
void script_grant(struct script *script, domid_t granter, bool readonly);
void script_revoke(struct script *script, domid_t granter);
/* map, unmap or copy, by the backend. */
void script_hypercall(struct script *script, enum script_kind kind);

/* Is the newest event of this step of @kind? */
static inline bool script_is_last(const struct script *script,
				  enum script_kind kind)
{
	return script->kind == kind;
}

/* ---- operations, many for each event: in line ---------------------------- */

/* Fill in operations of @kind, up to @end. */
void script_fill(struct script *script, enum script_kind kind,
		 const struct op *end) __attribute__((cold));

/* The next @count operations, which the newest event is for. */
static inline struct op *script_ops(struct script *script,
				    enum script_kind kind, unsigned count)
{
	struct script_ops *ops = &script->ops[kind];
	struct op *op = ops->next;

	if (op + count > ops->end)
		script_fill(script, kind, op + count);
	ops->next = op + count;
	script->newest->nr_ops += count;
	return op;
}

/* These leave the place alone: it is that of the event, or what op_place()
 * says in each of them. */
static inline void op_grant(struct op *op, grant_ref_t ref, uint64_t frame)
{
	op->ref = ref;
	op->frame = frame;
}

static inline void op_revoke(struct op *op, grant_ref_t ref)
{
	op->ref = ref;
}

/* A page is one of the backend's, a number from 0. */
static inline uint64_t script_address(const struct script *script,
				      uint32_t page)
{
	return script->address + (uint64_t)page * 4096;
}

static inline void op_map(struct op *op, const struct script *script,
			  grant_ref_t ref, uint32_t page, bool readonly)
{
	op->ref = ref;
	op->at = script_address(script, page);
	op->flags = GNTMAP_host_map | (readonly ? GNTMAP_readonly : 0);
	op->as.index = page;
}

/* Where it was mapped. */
static inline void op_unmap(struct op *op, uint32_t page)
{
	op->label.index = page;
}

/* What is done now wants @op. */
static inline struct op *op_place(struct op *op, const struct script *script)
{
	op->line = script->place.line;
	op->column = script->place.column;
	return op;
}

/* The next operation, of what is done now. */
static inline struct op *script_op(struct script *script, enum script_kind kind)
{
	return op_place(script_ops(script, kind, 1), script);
}
static inline void script_op_grant(struct script *script, grant_ref_t ref,
				   uint64_t frame)
{
	op_grant(script_op(script, SCRIPT_GRANT), ref, frame);
}
static inline void script_op_revoke(struct script *script, grant_ref_t ref)
{
	op_revoke(script_op(script, SCRIPT_REVOKE), ref);
}
static inline void script_op_map(struct script *script, grant_ref_t ref,
				 uint32_t page, bool readonly)
{
	op_map(script_op(script, SCRIPT_MAP), script, ref, page, readonly);
}
static inline void script_op_unmap(struct script *script, uint32_t page)
{
	op_unmap(script_op(script, SCRIPT_UNMAP), page);
}

/* One end of a copy: a granted page, or a frame of the backend's own. */
static inline struct copy_end copy_of_ref(domid_t granter, grant_ref_t ref,
					  uint32_t offset)
{
	return (struct copy_end){ .by_ref = true,
				  .domain = granter,
				  .ref = ref,
				  .offset = (uint16_t)offset };
}
static inline struct copy_end copy_of_frame(uint64_t frame, uint32_t offset)
{
	return (struct copy_end){ .domain = DOMID_SELF,
				  .frame = frame,
				  .offset = (uint16_t)offset };
}
static inline void script_op_copy(struct script *script, struct copy_end source,
				  struct copy_end dest, uint32_t length)
{
	struct op *op = script_op(script, SCRIPT_COPY);

	op->source = source;
	op->dest = dest;
	op->length = (uint16_t)length;
}

/* The CPU walks over @bytes at @offset of a page, @step bytes at a time. */
void script_touch(struct script *script, enum event_kind kind, uint32_t page,
		  uint32_t offset, uint32_t bytes, uint32_t step);

#endif /* WORKLOADS_SCRIPT_H */
