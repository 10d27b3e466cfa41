/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * header.c - the header of a trace out of its keys.
 *
 *   mapping -- raw_fields[] --> struct raw --> struct trace_header
 *      |--- domains:, schedule: -- header_domains.c --^
 *      `--- machine: ------------- profile_*.c -------'
 */
#include <errno.h>
#include <string.h>

#include "sim/header.h"
#include "sim/header_domains.h"

#define DEFAULT_MACHINE "ivybridge-ep"
#define DEFAULT_POLICY "upstream"

/* clang-format off */
#define HEADER_KEYS(X)                                                        \
	X(tlbsim) X(title) X(question) X(answer) X(machine) X(cpus) X(policy) \
	X(quirks) X(update) X(memory) X(era) X(flush) X(dirty_mask)           \
	X(flush_filter) X(clock_wrap) X(p2m_sync) X(iotlb_flush) X(seed)      \
	X(domains) X(schedule) X(incomplete)
/* clang-format on */

const char *const header_keys[] = {
#define X(name) #name,
	HEADER_KEYS(X)
#undef X
		NULL,
};

bool header_has_key(const char *key)
{
	for (size_t i = 0; header_keys[i]; i++)
		if (strcmp(key, header_keys[i]) == 0)
			return true;
	return false;
}

/* The values as they stand. */
struct raw {
	uint64_t seed;
	uint32_t cpus, clock_wrap;
	unsigned update, memory;
	bool update_given;
	unsigned era, flush, dirty_mask, flush_filter, p2m_sync, iotlb_flush;
	const struct node *tlbsim, *title, *question, *answer;
	const struct node *machine, *policy, *quirks;
	const struct node *domains, *schedule, *incomplete;
};

const char *const trace_memory_names[] = { "sc", "tso", NULL };
const char *const trace_update_names[] = { "plain", "cmpxchg",
					   "cmpxchg-preserve", NULL };

/* In the order of enum gnttab_era. */
const char *const trace_era_names[] = { "current", "2014", "2021", NULL };
/* In the order of enum trace_flush and enum trace_dirty_mask. */
const char *const trace_flush_names[] = { "full", "cr4-pge", "cr3-only", NULL };
const char *const trace_dirty_mask_names[] = { "keeps-idle", "drops-idle",
					       NULL };
/* In the order of enum trace_flush_filter. */
const char *const trace_flush_filter_names[] = { "clock", "off", "forgotten",
						 NULL };
/* In the order of enum trace_p2m_sync. */
const char *const trace_p2m_sync_names[] = { "page", "deferred", "late", NULL };

/* In the order of enum trace_iotlb_flush. */
const char *const trace_iotlb_flush_names[] = { "page", "late", NULL };

#define RAW(field) offsetof(struct raw, field)
static const struct field raw_fields[] = {
	{ "tlbsim", FIELD_NODE, RAW(tlbsim), .required = true },
	{ "title", FIELD_NODE, RAW(title) },
	{ "question", FIELD_NODE, RAW(question) },
	{ "answer", FIELD_NODE, RAW(answer) },
	{ "machine", FIELD_NODE, RAW(machine) },
	{ "cpus", FIELD_U32, RAW(cpus), .min = 1, .max = MMU_MAX_CPUS },
	{ "policy", FIELD_NODE, RAW(policy) },
	{ "quirks", FIELD_NODE, RAW(quirks) },
	{ "update", FIELD_CHOICE, RAW(update), .names = trace_update_names,
	  .given = RAW(update_given) },
	{ "memory", FIELD_CHOICE, RAW(memory), .names = trace_memory_names },
	{ "era", FIELD_CHOICE, RAW(era), .names = trace_era_names },
	{ "flush", FIELD_CHOICE, RAW(flush), .names = trace_flush_names },
	{ "dirty_mask", FIELD_CHOICE, RAW(dirty_mask),
	  .names = trace_dirty_mask_names },
	{ "flush_filter", FIELD_CHOICE, RAW(flush_filter),
	  .names = trace_flush_filter_names },
	{ "clock_wrap", FIELD_U32, RAW(clock_wrap), .min = 2,
	  .max = UINT32_MAX },
	{ "p2m_sync", FIELD_CHOICE, RAW(p2m_sync),
	  .names = trace_p2m_sync_names },
	{ "iotlb_flush", FIELD_CHOICE, RAW(iotlb_flush),
	  .names = trace_iotlb_flush_names },
	{ "seed", FIELD_U64, RAW(seed) },
	{ "domains", FIELD_NODE, RAW(domains) },
	{ "schedule", FIELD_NODE, RAW(schedule) },
	{ "incomplete", FIELD_NODE, RAW(incomplete) },
	{ NULL },
};

static void read_format(const struct node *node, struct diags *diags)
{
	uint64_t format;

	if (node_u64(node, 0, UINT64_MAX, &format, diags) && format != 1) {
		diag_error(diags, node->place, "format %s is not known",
			   diag_quote(node->text, node->length).text);
		diag_hint(diags, "this program reads format 1");
	}
}

static void read_texts(const struct raw *raw, struct trace_header *header,
		       struct diags *diags)
{
	const struct {
		const struct node *node;
		char *to;
		size_t room;
	} texts[] = {
		{ raw->title, header->title, sizeof(header->title) },
		{ raw->question, header->question, sizeof(header->question) },
		{ raw->answer, header->answer, sizeof(header->answer) },
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].node)
			node_copy(texts[i].node, texts[i].to, texts[i].room,
				  diags);
}

static void read_incomplete(const struct node *list,
			    struct trace_header *header, struct diags *diags)
{
	if (!node_is_list(list, diags))
		return;
	if (list->count > TRACE_MAX_INCOMPLETE) {
		diag_error(diags, list->place, "more than %d texts",
			   TRACE_MAX_INCOMPLETE);
		return;
	}
	for (const struct node *n = list->first; n; n = n->next) {
		char *to = header->incomplete[header->nr_incomplete];

		if (node_copy(n, to, sizeof(header->incomplete[0]), diags))
			header->nr_incomplete++;
	}
}

/* ---- all of it ------------------------------------------------------- */

const struct gnttab_policy *trace_policy(const char *name, struct place place,
					 struct diags *diags)
{
	const struct gnttab_policy *policy = gnttab_policy_find(name);
	const char *names[33];
	size_t i;

	if (policy)
		return policy;
	for (i = 0; i < 32 && gnttab_policy_at(i); i++)
		names[i] = gnttab_policy_at(i)->name;
	names[i] = NULL;
	diag_error(diags, place, "unknown policy '%s'",
		   diag_quote(name, strlen(name)).text);
	diag_nearest(diags, name, names);
	return NULL;
}

static void read_policy(const struct node *node, struct trace_header *header,
			struct diags *diags)
{
	header->policy = gnttab_policy_find(DEFAULT_POLICY);
	if (!node)
		return;
	if (node->kind != NODE_SCALAR)
		node_expected(node, "a policy's name", diags);
	else
		header->policy = trace_policy(node->text, node->place, diags);
}

/* Is @name, if not NULL, another machine than the trace's own? */
static bool is_other(const char *name, const struct node *node)
{
	const char *own = DEFAULT_MACHINE;

	if (node)
		own = node->kind == NODE_SCALAR ? node->text : "";
	return name && strcmp(name, own) != 0;
}

static int read_machine(const struct node *node, struct place place,
			const char *name, struct trace_header *header,
			struct diags *diags)
{
	if (name)
		return profile_load(name, &header->profile,
				    (struct place){ NULL, 0, 0 }, diags);
	if (!node)
		return profile_load(DEFAULT_MACHINE, &header->profile, place,
				    diags);
	if (node->kind == NODE_SCALAR)
		return profile_load(node->text, &header->profile, node->place,
				    diags);
	return profile_read(node, &header->profile, diags);
}

/* Those of the command line, if it says so, or of the header. */
static unsigned read_cpus(unsigned override, unsigned cpus, struct diags *diags)
{
	if (override <= MMU_MAX_CPUS)
		return override ? override : cpus;
	diag_error(diags, (struct place){ NULL, 0, 0 },
		   "%u CPUs where %d is the most", override, MMU_MAX_CPUS);
	return cpus;
}

int header_read(const struct node *mapping,
		const struct trace_override *override,
		struct trace_header *header, struct diags *diags)
{
	struct raw raw = { .cpus = 1 };
	size_t errors = diags->count;
	unsigned quirks = 0;
	int ret;

	node_read(mapping, raw_fields, &raw, diags);
	if (raw.tlbsim)
		read_format(raw.tlbsim, diags);
	read_texts(&raw, header, diags);
	header->cpus = read_cpus(override->cpus, raw.cpus, diags);
	header->seed = raw.seed;
	header->update = raw.update_given ? (enum trace_update)(raw.update + 1)
					  : UPDATE_BY_POLICY;
	header->memory = (enum trace_memory)raw.memory;
	header->flush = (enum trace_flush)raw.flush;
	header->dirty_mask = (enum trace_dirty_mask)raw.dirty_mask;
	header->flush_filter = (enum trace_flush_filter)raw.flush_filter;
	header->clock_wrap = raw.clock_wrap;
	header->p2m_sync = (enum trace_p2m_sync)raw.p2m_sync;
	header->iotlb_flush = (enum trace_iotlb_flush)raw.iotlb_flush;
	header->era = (enum gnttab_era)raw.era;
	if (raw.quirks)
		profile_quirk_names(raw.quirks, &quirks, diags);
	read_policy(raw.policy, header, diags);
	header_read_domains(raw.domains, header, diags);
	if (header->nr_domains)
		header_read_schedule(raw.schedule, header, diags);
	if (raw.incomplete)
		read_incomplete(raw.incomplete, header, diags);
	header->other_machine = is_other(override->machine, raw.machine);
	ret = read_machine(raw.machine, mapping->place, override->machine,
			   header, diags);
	if (ret < 0)
		return ret;
	if (raw.quirks)
		header->profile.mmu.quirks = quirks;
	return diags->count == errors ? 0 : -EBADMSG;
}
