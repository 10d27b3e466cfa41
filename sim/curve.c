/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * curve.c - what an access of a pointer chase costs on a machine.
 *
 *   struct curve_request --> `chase:` block --> driver --> events --> sim
 *                                                                      |
 *   struct curve_point <-- counters at the end less those when warm <--/
 *
 * The same driver, simulator and counters as in `tlbsim replay`.
 */
#include "config.h"

#include "sim/curve.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gnttab/policy.h"
#include "sim/driver.h"
#include "sim/sim.h"

/* ---- the trace ----------------------------------------------------------- */

#define KEYS_MAX 5

struct block {
	struct node mapping, key[KEYS_MAX], value[KEYS_MAX];
	char text[KEYS_MAX][24];
	size_t keys;
};

static struct node scalar(const char *text)
{
	return (struct node){ .kind = NODE_SCALAR,
			      .text = text,
			      .length = strlen(text),
			      .plain = true };
}

static void add_text(struct block *block, const char *key, const char *value)
{
	size_t i = block->keys++;

	block->key[i] = scalar(key);
	block->value[i] = scalar(value);
	block->key[i].next = &block->value[i];
	if (i)
		block->value[i - 1].next = &block->key[i];
	block->mapping.count++;
}

static void add_number(struct block *block, const char *key, unsigned value)
{
	char *text = block->text[block->keys];

	snprintf(text, sizeof(block->text[0]), "%u", value);
	add_text(block, key, text);
}

static void make_block(struct block *block, const struct curve_request *request)
{
	*block = (struct block){ .mapping.kind = NODE_MAPPING };
	block->mapping.first = &block->key[0];
	add_text(block, "driver", "loads");
	add_number(block, "pages", request->pages);
	add_number(block, "stride", request->stride);
	add_number(block, "rounds", request->warm + request->rounds);
	add_number(block, "seed", 1);
}

/* One CPU, one domain. */
static struct trace_header *make_header(const struct profile *machine)
{
	struct trace_header *header = calloc(1, sizeof(*header));

	if (!header)
		return NULL;
	header->profile = *machine;
	header->cpus = 1;
	header->policy = gnttab_policy_at(0);
	header->seed = 1;
	header->nr_domains = 1;
	header->domain[0] = (struct trace_domain){
		.name = "dom0",
		.hardware = true,
		.memory = 64ull << 20,
		.grant_frames = 1,
		.maptrack_frames = 1,
		.version = 1,
	};
	header->nr_schedule = 1;
	return header;
}

static const struct driver *find_chase(void)
{
	for (size_t i = 0; sim_drivers[i]; i++)
		if (strcmp(sim_drivers[i]->name, "chase") == 0)
			return sim_drivers[i];
	return NULL;
}

/* ---- the run ------------------------------------------------------------- */

struct chase_run {
	const struct driver *driver;
	void *instance;
	struct sim *sim;
	struct diags diags;
};

static struct curve_point counted(struct sim *sim)
{
	const uint64_t *count = sim_results(sim)->count;

	return (struct curve_point){
		.accesses = count[COUNTER_tlb_lookups],
		.l1_misses = count[COUNTER_tlb_l1_misses],
		.walks = count[COUNTER_tlb_walks],
		.cycles = count[COUNTER_cycles_translate] +
			  count[COUNTER_cycles_walk],
	};
}

/* So many accesses more, or all if that is 0. */
static int advance(struct chase_run *run, uint64_t accesses)
{
	uint64_t done = 0;
	struct event *event;

	while ((!accesses || done < accesses) &&
	       (event = run->driver->next(run->instance))) {
		int rc = sim_event(run->sim, event, &run->diags, &run->diags);

		if (rc < 0)
			return rc == -EBADMSG ? -EINVAL : rc;
		done += event->kind == EVENT_read;
	}
	return 0;
}

static int run_warm_and_counted(struct chase_run *run,
				const struct curve_request *request,
				struct curve_point *point)
{
	uint64_t warm = (uint64_t)request->warm * request->pages;
	struct curve_point before;
	int rc = warm ? advance(run, warm) : 0;

	before = counted(run->sim);
	if (rc == 0)
		rc = advance(run, 0);
	*point = counted(run->sim);
	point->accesses -= before.accesses;
	point->l1_misses -= before.l1_misses;
	point->walks -= before.walks;
	point->cycles -= before.cycles;
	return rc;
}

static int measure(struct chase_run *run, const struct trace_header *header,
		   const struct curve_request *request,
		   struct curve_point *point)
{
	struct sim_config config = { .header = header,
				     .policy = header->policy,
				     .seed = header->seed };
	struct block block;
	int rc;

	make_block(&block, request);
	run->instance = run->driver->open(&block.mapping, header, 0,
					  &run->diags);
	if (!run->instance)
		return -EINVAL;
	rc = sim_create(&run->sim, &config);
	return rc < 0 ? rc : run_warm_and_counted(run, request, point);
}

int curve_measure(const struct profile *machine,
		  const struct curve_request *request,
		  struct curve_point *point)
{
	struct chase_run run = { .driver = find_chase() };
	struct trace_header *header = make_header(machine);
	int rc;

	if (!header)
		return -ENOMEM;
	rc = run.driver ? measure(&run, header, request, point) : -EINVAL;
	if (run.instance)
		run.driver->close(run.instance);
	if (run.sim)
		sim_destroy(run.sim);
	free(header);
	return rc;
}
