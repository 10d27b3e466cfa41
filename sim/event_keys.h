/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * event_keys.h - which keys each event has, and what they mean: one table
 * for the YAML mapping and for the bulk line.
 */
#ifndef SIM_EVENT_KEYS_H
#define SIM_EVENT_KEYS_H

#include "sim/event.h"

/* What a value must be. */
enum value_type {
	VALUE_NUMBER,			/* min .. max */
	VALUE_RANGE,			/* the same, and one for each op */
	VALUE_BOOL,
	VALUE_CPU,			/* of the trace */
	VALUE_CPUS,			/* a list of them */
	VALUE_DOMAIN,			/* of the trace */
	VALUE_DOMAIN_OR_IDLE,
	VALUE_DOMAIN_OR_SELF,
	VALUE_HANDLE,			/* a bound label, or a number */
	VALUE_AS,			/* a label to bind */
	VALUE_CALL,			/* a call's name to bind */
	VALUE_PARKED,			/* a bound call's name */
	VALUE_CHOICE,			/* of names */
	VALUE_STATUS,			/* GNTST_*, by name or number */
	VALUE_OPS,			/* the list of operations; YAML only */
};

/* Where a value goes by itself; the rest is done by hand. */
enum value_home { HOME_NONE, HOME_EVENT, HOME_OP };

/* name in C, name in a trace, fields of struct event_key that are not 0 */
/* clang-format off */
#define IN_EVENT(field) .home = HOME_EVENT, .offset = offsetof(struct event, field), \
	.width = sizeof(((struct event *)0)->field)
#define IN_OP(field) .home = HOME_OP, .offset = offsetof(struct op, field), \
	.width = sizeof(((struct op *)0)->field)

#define TYPE(name) .type = VALUE_##name

#define EVENT_KEYS(X)                                                         \
	X(domain, "domain", TYPE(DOMAIN), IN_EVENT(domain))                   \
	X(cpu, "cpu", TYPE(CPU), IN_EVENT(cpu))                               \
	X(at, "at", TYPE(RANGE), IN_OP(at))                                   \
	X(ref, "ref", TYPE(RANGE), .max = UINT32_MAX, IN_OP(ref))             \
	X(handle, "handle", TYPE(HANDLE), .max = UINT32_MAX)                  \
	X(from, "from", TYPE(DOMAIN), IN_OP(from))                            \
	X(frame, "frame", TYPE(RANGE), IN_OP(frame))                          \
	X(as, "as", TYPE(AS))                                                 \
	X(readonly, "readonly", TYPE(BOOL))                                   \
	X(to, "to", TYPE(DOMAIN), IN_EVENT(grant.to))                         \
	X(grant_readonly, "readonly", TYPE(BOOL), IN_EVENT(grant.readonly))   \
	X(accept_transfer, "accept_transfer", TYPE(BOOL),                     \
	  IN_EVENT(grant.accept_transfer))                                    \
	X(transfer_to, "to", TYPE(DOMAIN), IN_OP(from))                       \
	X(pte_of, "pte_of", TYPE(RANGE), IN_OP(at))                           \
	X(host, "host", TYPE(BOOL))                                           \
	X(device, "device", TYPE(BOOL))                                       \
	X(application, "application", TYPE(BOOL))                             \
	X(contains_pte, "contains_pte", TYPE(BOOL))                           \
	X(dev_bus_addr, "dev_bus_addr", TYPE(RANGE), IN_OP(dev_bus_addr))     \
	X(new_at, "new_at", TYPE(RANGE), IN_OP(new_at))                       \
	X(status, "status", TYPE(STATUS), IN_OP(status))                      \
	X(call, "call", TYPE(CALL))                                           \
	X(before, "before", TYPE(CHOICE), .names = crossing_names,            \
	  .what = "a crossing of the seam", IN_EVENT(stop.at))                \
	X(nth, "nth", TYPE(NUMBER), .min = 1, .max = UINT32_MAX,              \
	  IN_EVENT(stop.nth))                                                 \
	X(array, "array", TYPE(NUMBER), IN_EVENT(hypercall.array))            \
	X(source_ref, "source_ref", TYPE(RANGE), .max = UINT32_MAX,           \
	  IN_OP(source.ref))                                                  \
	X(source_frame, "source_frame", TYPE(RANGE), IN_OP(source.frame))     \
	X(source_domain, "source_domain", TYPE(DOMAIN_OR_SELF),               \
	  IN_OP(source.domain))                                               \
	X(source_offset, "source_offset", TYPE(NUMBER),                       \
	  .max = UINT16_MAX, IN_OP(source.offset))                            \
	X(dest_ref, "dest_ref", TYPE(RANGE), .max = UINT32_MAX,               \
	  IN_OP(dest.ref))                                                    \
	X(dest_frame, "dest_frame", TYPE(RANGE), IN_OP(dest.frame))           \
	X(dest_domain, "dest_domain", TYPE(DOMAIN_OR_SELF),                   \
	  IN_OP(dest.domain))                                                 \
	X(dest_offset, "dest_offset", TYPE(NUMBER), .max = UINT16_MAX,        \
	  IN_OP(dest.offset))                                                 \
	X(length, "length", TYPE(NUMBER), .max = UINT16_MAX, IN_OP(length))   \
	X(address, "at", TYPE(NUMBER), IN_EVENT(access.at))                   \
	X(invpcid_at, "at", TYPE(NUMBER), IN_EVENT(invpcid.at))               \
	X(pcid, "pcid", TYPE(NUMBER), .max = 0xfff, IN_EVENT(invpcid.pcid))   \
	X(type, "type", TYPE(NUMBER), .max = 3, IN_EVENT(invpcid.type))       \
	X(count, "count", TYPE(NUMBER), .min = 1, .max = UINT32_MAX,          \
	  IN_EVENT(access.count))                                             \
	X(stride, "stride", TYPE(NUMBER), IN_EVENT(access.stride))            \
	X(user, "user", TYPE(BOOL), IN_EVENT(access.user))                    \
	X(size, "size", TYPE(CHOICE), .names = page_size_names,               \
	  .what = "4K, 2M or 1G", IN_EVENT(page.size))                        \
	X(level, "level", TYPE(NUMBER), .min = 1, .max = 4,                   \
	  IN_EVENT(table.level))                                              \
	X(writable, "writable", TYPE(BOOL))                                   \
	X(page_user, "user", TYPE(BOOL))                                      \
	X(global, "global", TYPE(BOOL))                                       \
	X(nx, "nx", TYPE(BOOL))                                               \
	X(register, "register", TYPE(CHOICE), .names = register_names,        \
	  .what = "cr0, cr4 or efer")                                         \
	X(value, "value", TYPE(NUMBER), IN_EVENT(control.value))              \
	X(cpus, "cpus", TYPE(CPUS), IN_EVENT(flush.cpus))                     \
	X(next_domain, "domain", TYPE(DOMAIN_OR_IDLE), IN_EVENT(domain))      \
	X(point, "point", TYPE(NUMBER), .min = 1, .max = UINT32_MAX,          \
	  IN_EVENT(at.point))                                                 \
	X(copy, "copy", TYPE(NUMBER), .min = 1, .max = UINT32_MAX,            \
	  IN_EVENT(at.point))                                                 \
	X(parked, "call", TYPE(PARKED))                                       \
	X(walk, "walk", TYPE(NUMBER), IN_EVENT(inspect.what))                 \
	X(grant, "grant", TYPE(NUMBER), .max = UINT32_MAX,                    \
	  IN_EVENT(inspect.what))                                             \
	X(one_handle, "handle", TYPE(HANDLE), .max = UINT32_MAX)              \
	X(offset, "offset", TYPE(NUMBER), .max = UINT16_MAX, IN_OP(start))    \
	X(transitive_domain, "transitive_domain", TYPE(DOMAIN), IN_OP(from))  \
	X(transitive_ref, "transitive_ref", TYPE(RANGE), .max = UINT32_MAX,   \
	  IN_OP(other))                                                       \
	X(with, "with", TYPE(RANGE), .max = UINT32_MAX, IN_OP(other))         \
	X(of, "of", TYPE(DOMAIN_OR_SELF), IN_OP(from))                        \
	X(frames, "frames", TYPE(NUMBER), .max = UINT32_MAX, IN_OP(number))   \
	X(version, "version", TYPE(NUMBER), .max = UINT32_MAX, IN_OP(number)) \
	X(table_of, "table_of", TYPE(NUMBER), IN_OP(new_at))                  \
	X(cmd, "cmd", TYPE(CHOICE), .names = cmd_names,                       \
	  .what = "0, 2 or 3", IN_EVENT(update.way))                          \
	X(refused, "refused", TYPE(BOOL), IN_EVENT(update.refused))           \
	X(set, "set", TYPE(NUMBER), IN_OP(set))                               \
	X(clear, "clear", TYPE(NUMBER), IN_OP(clear))                         \
	X(speculate, "speculate", TYPE(NUMBER), .max = PARALLEL_MAX_AHEAD,    \
	  IN_EVENT(parallel.speculate))                                       \
	X(ops, "ops", TYPE(OPS))
/* clang-format on */

enum event_key_id {
#define X(id, ...) KEY_##id,
	EVENT_KEYS(X)
#undef X
	KEYS
};

/* A set of keys, one bit each. */
__extension__ typedef unsigned __int128 key_set;
_Static_assert(KEYS <= 8 * sizeof(key_set), "a bit for each key");
#define KEY_BIT(id) ((key_set)1 << KEY_##id)

/* The first of @keys, which are not none. */
static inline enum event_key_id key_first(key_set keys)
{
	uint64_t low = (uint64_t)keys;

	return (enum event_key_id)(low ? __builtin_ctzll(low)
				       : 64 + __builtin_ctzll(
						      (uint64_t)(keys >> 64)));
}

struct event_key {
	const char *name;
	uint8_t length;			/* of name */
	enum value_type type;
	uint64_t min, max;		/* max 0: no limit */
	const char *const *names;	/* VALUE_CHOICE */
	const char *what;		/* the same as a text */
	enum value_home home;
	uint16_t offset, width;		/* there */
};
extern const struct event_key event_keys[KEYS];

/* Does a value of @key count something, not choose?  Such values vary from
 * event to event. */
static inline bool event_key_varies(const struct event_key *key)
{
	return key->type == VALUE_NUMBER || key->type == VALUE_RANGE ||
	       key->type == VALUE_HANDLE || key->type == VALUE_AS;
}

/* What an event is made of: sets of keys. */
struct event_form {
	key_set keys;			/* of the event itself */
	key_set op_keys;		/* of each operation or entry */
	key_set required;
	key_set one_of[3];		/* exactly one of each set */
	key_set not_both;		/* at most one of this set */
	bool hypercall;			/* operations may be a list */
};
/* By enum event_kind; `expect` has none. */
extern const struct event_form event_forms[EVENT_KINDS];

/* Of event_names. */
extern const uint8_t event_name_lengths[EVENT_KINDS];

/* The event called @text, or EVENT_KINDS. */
enum event_kind event_find(const char *text, size_t length);
/* The key called @text among @keys, or KEYS. */
enum event_key_id event_find_key(key_set keys, const char *text,
				 size_t length);
/* The names of @keys, NULL-terminated. */
void event_key_names(key_set keys, const char *names[KEYS + 1]);

#endif /* SIM_EVENT_KEYS_H */
