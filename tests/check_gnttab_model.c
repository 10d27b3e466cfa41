/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_gnttab_model.c - the grant logic against a naive model of it.
 *
 * Seeded random guests grant, revoke, touch, rewrite entries and make
 * hypercalls, good and bad, some of them preempted or faulting; after each,
 * everything that can be seen must be what the model says.
 *
 *   setting   a policy, an era, who has external paging or an IOMMU
 *     round     one machine, from a seed that the log names before
 *
 * MODEL_ROUNDS=N in the environment asks for more than the rounds of `make
 * check`, MODEL_ROUND=N for that round alone, in every setting.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/grant_calls.h"
#include "tests/model_guests.h"
#include "tests/suite.h"

#define PAGES 48
#define OPERATIONS 8000 /* in a round */
#define DEFAULT_ROUNDS "4"

/* ---- comparing -------------------------------------------------------------
 */

static void compare_entry(struct pair *p, domid_t d, grant_ref_t ref)
{
	const struct grant_table *gt = p->m->domains[d].gt;
	const uint32_t *got = fake_shared(p->m, d, ref);
	uint32_t want[4];
	unsigned n = model_words(&p->md, d, ref, want);

	for (unsigned i = 0; i < n; i++)
		same("word of entry", ref, got[i], want[i]);
	same("pin", ref, gnttab_active(gt, ref).pin, model_pin(&p->md, d, ref));
	if (p->md.domains[d].version == 2)
		same("status word", ref, *fake_status(p->m, d, ref),
		     model_status(&p->md, d, ref));
}

static void compare_table(struct pair *p, domid_t d)
{
	const struct grant_table *gt = p->m->domains[d].gt;
	const struct model_domain *g = &p->md.domains[d];

	same("version of", d, gnttab_version(gt), g->version);
	same("frames of", d, gnttab_nr_frames(gt), g->nr_frames);
	same("entries of", d, gnttab_nr_entries(gt), model_entries(g));
	same("status frames of", d, gnttab_nr_status_frames(gt),
	     model_status_frames(g));
	for (grant_ref_t ref = 0; ref < MODEL_REFS; ref++)
		compare_entry(p, d, ref);
	for (unsigned i = 0; i < FAKE_GUEST_FRAMES; i++)
		same("frame number", i, p->m->domains[d].frame_at[i],
		     g->frame_at[i]);
	same("frames owned by", d, p->m->domains[d].owned, g->owned);
}

static void compare_handles(struct pair *p, domid_t d)
{
	const struct grant_table *gt = p->m->domains[d].gt;
	unsigned limit = p->md.domains[d].limit, used = 0, want = 0;

	same("handle limit", d, gnttab_maptrack_limit(gt), limit);
	for (grant_handle_t h = 0; h < limit; h++)
		used += gnttab_maptrack(gt, h).flags != 0;
	for (unsigned i = 0; i < p->md.nr_mappings; i++) {
		const struct model_mapping *mp = &p->md.mappings[i];
		struct gnttab_maptrack_view v = gnttab_maptrack(gt, mp->handle);

		if (mp->mapper != d)
			continue;
		want++;
		same("handle's flags", mp->handle, v.flags, mp->flags);
		same("handle's granter", mp->handle, v.granter, mp->granter);
		same("handle's reference", mp->handle, v.ref, mp->ref);
	}
	same("handles of domain", d, used, want);
}

static void compare_counters(struct pair *p, domid_t d)
{
	const struct gnttab_counters *got = gnttab_counters(
		p->m->domains[d].gt);
	const struct gnttab_counters *want = &p->md.domains[d].counters;

	same("batches of", d, got->batches, want->batches);
	same("flushed batches of", d, got->batches_flushed,
	     want->batches_flushed);
	same("unmap operations of", d, got->unmap_operations,
	     want->unmap_operations);
	same("done by", d, got->flush_done, want->flush_done);
	same("avoided by", d, got->flush_avoided, want->flush_avoided);
}

static void compare_frames(struct pair *p)
{
	for (unsigned i = 0; i < MODEL_FRAMES; i++) {
		unsigned refs, writers;

		model_frame(&p->md, i, &refs, &writers);
		same("references of frame", i, p->m->frames[i].refs, refs);
		same("writers of frame", i, p->m->frames[i].writers, writers);
		if (memcmp(p->m->memory[i], p->md.memory[i], 4096))
			ck_abort_msg("memory of frame %u differs", i);
	}
}

/* Devices reach what is mapped of others by any handle, for host or device,
 * and write to what one of them may. */
static void compare_devices(const struct pair *p, domid_t d)
{
	const struct domain *machine = &p->m->domains[d];
	uint8_t want[FAKE_FRAMES] = { 0 };

	for (unsigned i = 0; i < p->md.nr_mappings; i++) {
		const struct model_mapping *mp = &p->md.mappings[i];

		if (!machine->iommu || mp->mapper != d || mp->granter == d)
			continue;
		want[mp->mfn] |= FAKE_DMA_READ;
		if (!(mp->flags & GNTMAP_readonly))
			want[mp->mfn] |= FAKE_DMA_WRITE;
	}
	for (unsigned i = 0; i < FAKE_FRAMES; i++)
		same("devices' rights to frame", i, machine->dma[i], want[i]);
}

static void compare(struct pair *p)
{
	for (domid_t d = 0; d < FAKE_DOMAINS; d++) {
		compare_table(p, d);
		compare_handles(p, d);
		compare_counters(p, d);
		compare_devices(p, d);
		if (p->md.domains[d].external)
			continue;
		for (unsigned i = 0; i < PAGES; i++)
			same("entry", i, *fake_pte(p->m, d, i),
			     *model_pte(&p->md, d, i));
	}
	same("flushes", 0, p->m->flushes, p->md.flushes);
	if (one_in(p, 50)) { /* these take longer */
		compare_frames(p);
		fake_check(p->m);
	}
}

/* ---- rounds ----------------------------------------------------------------
 */

static const struct setting {
	const char *policy;
	enum gnttab_era era;
	bool amd, external, iommu;
} settings[] = {
	{ "upstream", GNTTAB_ERA_CURRENT, false, false, false },
	{ "rfc2014", GNTTAB_ERA_2014, false, false, false },
	{ "xs65", GNTTAB_ERA_2014, false, false, false },
	{ "xs70", GNTTAB_ERA_CURRENT, false, false, false },
	{ "xs72-amd", GNTTAB_ERA_CURRENT, true, false, false },
	{ "xs-2017-10", GNTTAB_ERA_CURRENT, false, false, false },
	{ "xs8", GNTTAB_ERA_CURRENT, false, false, false },
	{ "xs8", GNTTAB_ERA_CURRENT, false, true, false },
	{ "xs65", GNTTAB_ERA_2014, false, true, false },
	{ "xs8", GNTTAB_ERA_CURRENT, false, false, true },
	{ "xs65", GNTTAB_ERA_2014, false, false, true },
};

#define SETTINGS (sizeof(settings) / sizeof(*settings))

static void step(struct pair *p)
{
	void (*const events[])(struct pair *) = {
		do_grant,    do_touch, do_touch,    do_rewrite,
		do_schedule, do_call,  do_populate, do_call,
		do_call,     do_call,  do_populate, do_call,
	};

	events[below(p, 12)](p);
	p->m->nr_log = 0;
	compare(p);
}

/* How many a round uses: with those that are reserved alone, versions change
 * more often, with one alone, counters of pins get full. */
static const unsigned entries[] = { MODEL_REFS, GNTTAB_NR_RESERVED_ENTRIES,
				    MODEL_REFS, 1 };

static struct fake_machine *machine_of(const struct setting *s)
{
	if (s->iommu)
		return fake_create_iommu(s->policy);
	return s->external ? fake_create_external(s->policy)
			   : fake_create(s->policy);
}

static void round_run(struct pair *p, const struct setting *s, unsigned number)
{
	fprintf(stderr, "# %s, era %d%s%s: round %u\n", s->policy, s->era,
		s->external ? ", external paging" : "",
		s->iommu ? ", IOMMU" : "", number);
	p->m = machine_of(s);
	p->m->rules.amd = s->amd;
	p->m->rules.era = s->era;
	model_init(&p->md, &p->m->rules, s->external);
	p->md.paged_out = p->m->paged_out.n;
	p->seed = 0x9e3779b97f4a7c15ull *
		  (number * SETTINGS + 1 + (unsigned)(s - settings));
	p->operations = 0;
	p->map_heavy = true;
	p->refs = entries[number % 4];
	do_fill_memory(p);
	while (p->operations < OPERATIONS)
		step(p);
	fake_destroy(p->m);
}

static int number_from(const char *name, const char *otherwise)
{
	const char *text = getenv(name);

	return atoi(text ? text : otherwise);
}

/* What random guests must have come across, for this to say anything. */
static void everything_was_seen(const struct pair *p, const struct setting *s)
{
	static const int16_t statuses[] = {
		GNTST_okay,
		GNTST_general_error,
		GNTST_bad_domain,
		GNTST_bad_gntref,
		GNTST_bad_handle,
		GNTST_bad_virt_addr,
		GNTST_permission_denied,
		GNTST_bad_page,
		GNTST_bad_copy_arg,
		GNTST_eagain,
	};
	int16_t none = s->era == GNTTAB_ERA_2014 ? GNTST_no_device_space
						 : GNTST_no_space;

	for (unsigned i = 0; i < sizeof(statuses) / sizeof(*statuses); i++)
		ck_assert_msg(p->seen[-statuses[i]], "no operation gave %d",
			      statuses[i]);
	/* With external paging there are fewer places to map to than handles.
	 */
	ck_assert_msg(s->external || p->seen[-none], "handles never ran out");
	for (unsigned cmd = 0; cmd < GNTTABOP_cache_flush; cmd++)
		ck_assert_msg(!model_op_size(cmd) || p->commands[cmd],
			      "command %u never succeeded", cmd);
	if (s->era == GNTTAB_ERA_CURRENT)
		ck_assert(p->seen[-GNTST_bad_dev_addr]);
}

START_TEST(logic_and_model_agree_after_every_operation)
{
	static struct pair p;
	int rounds = number_from("MODEL_ROUNDS", DEFAULT_ROUNDS);
	int only = number_from("MODEL_ROUND", "-1");

	if (only >= 0) {
		round_run(&p, &settings[_i], only);
		return;
	}
	for (int i = 0; i < rounds; i++)
		round_run(&p, &settings[_i], i);
	everything_was_seen(&p, &settings[_i]);
}
END_TEST

static void add(TCase *tc)
{
	tcase_set_timeout(tc, 600);
	tcase_add_loop_test(tc, logic_and_model_agree_after_every_operation, 0,
			    SETTINGS);
}

int main(void)
{
	return run_suite("gnttab model", add);
}
