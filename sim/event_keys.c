/* SPDX-License-Identifier: GPL-2.0-or-later */
/* event_keys.c - the table of keys and the table of events. */
#include <string.h>

#include "sim/event_keys.h"

static const char *const page_size_names[] = { "4K", "2M", "1G", NULL };
/* In the order of enum pv_update. */
static const char *const cmd_names[] = { "0", "2", "3", NULL };
/* In the order of register_values in event_read.c. */
static const char *const register_names[] = { "cr0", "cr4", "efer", NULL };

const struct event_key event_keys[KEYS] = {
#define X(id, text, ...)                                                       \
	[KEY_##id] = { .name = text, .length = sizeof(text) - 1, __VA_ARGS__ },
	EVENT_KEYS(X)
#undef X
};

#define K(id) KEY_BIT(id)
#define HOST K(at) | K(pte_of)
#define STOP K(before) | K(nth)
#define CALL_OF_ONE K(domain) | K(cpu) | K(call) | STOP | K(array)
#define CALL CALL_OF_ONE | K(ops)
#define WHO K(cpu) | K(domain)
#define ENTRY K(frame) | K(set) | K(clear)
#define RIGHTS K(writable) | K(page_user) | K(global) | K(nx)
#define ACCESS                                                                 \
	{                                                                      \
		.keys = WHO | K(address) | K(count) | K(stride) | K(user) |    \
			K(call) | STOP,                                        \
		.required = K(address), .one_of = { WHO },                     \
	}

const struct event_form event_forms[EVENT_KINDS] = {
	[EVENT_grant] = {
		.keys = K(domain) | K(to) | K(grant_readonly) |
			K(accept_transfer),
		.op_keys = K(ref) | K(frame) | K(offset) | K(length) |
			   K(transitive_domain) | K(transitive_ref),
		.required = K(domain) | K(ref) | K(to),
		.one_of = { K(frame) | K(transitive_ref) },
	},
	[EVENT_revoke] = {
		.keys = K(domain),
		.op_keys = K(ref),
		.required = K(domain) | K(ref),
	},
	[EVENT_map] = {
		.keys = CALL,
		.op_keys = K(ref) | K(from) | HOST | K(host) | K(device) |
			   K(readonly) | K(application) | K(contains_pte) |
			   K(as) | K(status),
		.required = K(domain) | K(ref) | K(from),
		.not_both = HOST,
		.hypercall = true,
	},
	[EVENT_unmap] = {
		.keys = CALL,
		.op_keys = K(handle) | HOST | K(dev_bus_addr) | K(host) |
			   K(device) | K(status),
		.required = K(domain) | K(handle),
		.not_both = HOST,
		.hypercall = true,
	},
	[EVENT_unmap_and_replace] = {
		.keys = CALL,
		.op_keys = K(handle) | HOST | K(new_at) | K(status),
		.required = K(domain) | K(handle) | K(new_at),
		.not_both = HOST,
		.hypercall = true,
	},
	[EVENT_copy] = {
		.keys = CALL,
		.op_keys = K(source_ref) | K(source_frame) |
			   K(source_domain) | K(source_offset) | K(dest_ref) |
			   K(dest_frame) | K(dest_domain) | K(dest_offset) |
			   K(length) | K(status),
		.required = K(domain) | K(length),
		.one_of = { K(source_ref) | K(source_frame),
			    K(dest_ref) | K(dest_frame) },
		.hypercall = true,
	},
	[EVENT_transfer] = {
		.keys = CALL,
		.op_keys = K(frame) | K(transfer_to) | K(ref) | K(status),
		.required = K(domain) | K(frame) | K(transfer_to) | K(ref),
		.hypercall = true,
	},
	[EVENT_set_version] = {
		.keys = CALL_OF_ONE,
		.op_keys = K(version) | K(status),
		.required = K(domain) | K(version),
	},
	[EVENT_setup_table] = {
		.keys = CALL_OF_ONE,
		.op_keys = K(of) | K(frames) | K(status),
		.required = K(domain) | K(frames),
	},
	[EVENT_query_size] = {
		.keys = CALL_OF_ONE,
		.op_keys = K(of) | K(status),
		.required = K(domain),
	},
	[EVENT_get_status_frames] = {
		.keys = CALL_OF_ONE,
		.op_keys = K(of) | K(frames) | K(status),
		.required = K(domain) | K(frames),
	},
	[EVENT_swap_grant_ref] = {
		.keys = CALL,
		.op_keys = K(ref) | K(with) | K(status),
		.required = K(domain) | K(ref) | K(with),
		.hypercall = true,
	},
	[EVENT_read] = ACCESS,
	[EVENT_write] = ACCESS,
	[EVENT_fetch] = ACCESS,
	[EVENT_speculate] = {
		.keys = K(cpu) | K(address),
		.required = K(cpu) | K(address),
	},
	[EVENT_dma_read] = {
		.keys = K(domain),
		.op_keys = K(handle) | K(at),
		.required = K(domain),
		.one_of = { K(handle) | K(at) },
	},
	[EVENT_dma_write] = {
		.keys = K(domain),
		.op_keys = K(handle) | K(at),
		.required = K(domain),
		.one_of = { K(handle) | K(at) },
	},
	[EVENT_map_page] = {
		.keys = K(domain) | K(size) | RIGHTS,
		.op_keys = K(at) | K(frame),
		.required = K(domain) | K(at) | K(frame),
	},
	[EVENT_unmap_page] = {
		.keys = K(domain) | K(size),
		.op_keys = K(at),
		.required = K(domain) | K(at),
	},
	[EVENT_protect] = {
		.keys = K(domain) | K(size) | RIGHTS,
		.op_keys = K(at),
		.required = K(domain) | K(at),
	},
	[EVENT_share_table] = {
		.keys = K(domain),
		.op_keys = K(at) | K(table_of),
		.required = K(domain) | K(at) | K(table_of),
	},
	[EVENT_mmu_update] = {
		.keys = WHO | K(cmd) | K(refused) | K(ops),
		.op_keys = K(pte_of) | ENTRY,
		.required = K(domain) | K(pte_of),
		.hypercall = true,
	},
	[EVENT_update_va_mapping] = {
		.keys = WHO | K(refused),
		.op_keys = K(at) | ENTRY,
		.required = K(domain) | K(at),
	},
	[EVENT_write_pte] = {
		.keys = WHO | K(refused),
		.op_keys = K(pte_of) | ENTRY,
		.required = K(domain) | K(pte_of),
	},
	[EVENT_alloc] = {
		.keys = K(domain) | K(cpu),
		.op_keys = K(frame),
		.required = K(domain) | K(frame),
	},
	[EVENT_free] = {
		.keys = K(domain),
		.op_keys = K(frame),
		.required = K(domain) | K(frame),
	},
	[EVENT_pin_table] = {
		.keys = K(domain) | K(cpu) | K(level) | K(call),
		.op_keys = K(frame),
		.required = K(domain) | K(frame),
	},
	[EVENT_unpin_table] = {
		.keys = K(domain),
		.op_keys = K(frame),
		.required = K(domain) | K(frame),
	},
	[EVENT_invlpg] = {
		.keys = K(cpu) | K(address),
		.required = K(cpu) | K(address),
	},
	[EVENT_invpcid] = {
		.keys = K(cpu) | K(type) | K(pcid) | K(invpcid_at),
		.required = K(cpu) | K(type),
	},
	[EVENT_load_cr3] = {
		.keys = K(cpu) | K(value),
		.required = K(cpu),
	},
	[EVENT_set_control] = {
		.keys = K(cpu) | K(register) | K(value),
		.required = K(cpu) | K(register) | K(value),
	},
	[EVENT_flush] = {
		.keys = K(cpus) | K(cpu),
		.one_of = { K(cpus) | K(cpu) },
	},
	[EVENT_drain] = {
		.keys = K(cpu),
		.required = K(cpu),
	},
	[EVENT_schedule] = {
		.keys = K(cpu) | K(next_domain) | K(point),
		.required = K(cpu) | K(next_domain),
	},
	[EVENT_fault] = {
		.keys = WHO | K(copy),
		.required = K(copy),
		.one_of = { WHO },
	},
	[EVENT_preempt] = {
		.keys = WHO | K(point),
		.required = K(point),
		.one_of = { WHO },
	},
	[EVENT_resume] = {
		.keys = K(parked) | K(cpu) | STOP,
		.required = K(parked),
	},
	[EVENT_parallel] = {
		.keys = K(speculate),
	},
	[EVENT_inspect] = {
		.keys = WHO | K(walk) | K(grant) | K(one_handle),
		.one_of = { K(walk) | K(grant) | K(one_handle), WHO },
	},
};

const uint8_t event_name_lengths[EVENT_KINDS] = {
#define X(name, text) sizeof(#name) - 1,
	SIM_EVENTS(X)
#undef X
};

enum event_kind event_find(const char *text, size_t length)
{
	unsigned i;

	for (i = 0; i < EVENT_KINDS; i++)
		if (event_name_lengths[i] == length &&
		    event_names[i][0] == text[0] &&
		    memcmp(event_names[i], text, length) == 0)
			break;
	return (enum event_kind)i;
}

enum event_key_id event_find_key(key_set keys, const char *text, size_t length)
{
	for (; keys; keys &= keys - 1) {
		enum event_key_id i = key_first(keys);

		if (event_keys[i].length == length &&
		    memcmp(event_keys[i].name, text, length) == 0)
			return i;
	}
	return KEYS;
}

void event_key_names(key_set keys, const char *names[KEYS + 1])
{
	size_t used = 0;

	for (; keys; keys &= keys - 1)
		names[used++] = event_keys[key_first(keys)].name;
	names[used] = NULL;
}
