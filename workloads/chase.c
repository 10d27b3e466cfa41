/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * chase.c - a `chase:` block of a trace: a pointer chase, which shows where
 * the translation caches end.
 *
 *     chase:
 *       driver: loads | stores | fetches
 *       pages: 97              # 4K pages, all of one frame
 *       stride: 1              # pages from one to the next
 *       order: shuffled        # or ascending
 *       rounds: 2
 *       seed: 1                # of the order; default: the trace's
 *
 *     pages       0    1    2    3    4   ... of stride * 4K bytes
 *                 |    |    |    |    |
 *     chase       3 -> 0 -> 4 -> 1 -> 2 -> 3 -> 0 ... once round is a round
 *
 * It runs in the first domain of the trace and meets each page once a round,
 * in the same order each time.  Pages are mapped at 1 TiB and above.
 *
 * Invariant, checked by chase_check():
 *  (1) The order is a permutation of the pages.
 */
#include "config.h"

#include <assert.h>
#include <stdlib.h>

#include "sim/trace.h"
#include "workloads/dist.h"
#include "workloads/drivers.h"

#define CHASE_PAGES (UINT64_C(1) << 40)
#define PAGE_BYTES 4096
#define PAGES_MAX 65536
#define OPS 256

struct chase_config {
	unsigned driver, order;
	uint32_t pages, stride;
	uint64_t rounds, seed;
};

enum { SHUFFLED, ASCENDING };

struct chase {
	struct chase_config config;
	struct place place;
	domid_t domain;
	uint32_t mapped; /* pages so far */
	uint64_t round;
	uint32_t at; /* of the round */
	uint32_t *order;
	struct event event; /* the newest, and its operations */
	struct op op[OPS];
};

/* ---- the block ----------------------------------------------------------- */

static const char *const version_names[] = { "loads", "stores", "fetches",
					     NULL };
static const enum event_kind version_kinds[] = { EVENT_read, EVENT_write,
						 EVENT_fetch };
static const char *const order_names[] = { "shuffled", "ascending", NULL };

#define CONFIG(field) offsetof(struct chase_config, field)
static const struct field block_fields[] = {
	{ "driver", FIELD_CHOICE, CONFIG(driver), .required = true,
	  .names = version_names },
	{ "pages", FIELD_U32, CONFIG(pages), .required = true, .min = 1,
	  .max = PAGES_MAX },
	{ "stride", FIELD_U32, CONFIG(stride), .min = 1, .max = 65536 },
	{ "order", FIELD_CHOICE, CONFIG(order), .names = order_names },
	{ "rounds", FIELD_U64, CONFIG(rounds), .min = 1,
	  .max = UINT64_C(1) << 40 },
	{ "seed", FIELD_U64, CONFIG(seed) },
	{ NULL },
};

/* ---- the order ----------------------------------------------------------- */

/* D. Durstenfeld's shuffle. */
static void shuffle(uint32_t *order, uint32_t count, uint64_t seed)
{
	struct rng rng = rng_seeded(seed);

	for (uint32_t i = 0; i < count; i++)
		order[i] = i;
	for (uint32_t i = count; i > 1; i--) {
		uint32_t other = rng_below(&rng, i), last = order[i - 1];

		order[i - 1] = order[other];
		order[other] = last;
	}
}

#ifdef ENABLE_CHECKS
static void chase_check(const struct chase *c)
{
	bool *seen = calloc(c->config.pages, sizeof(*seen));

	for (uint32_t i = 0; seen && i < c->config.pages; i++) {
		assert(c->order[i] < c->config.pages);
		assert(!seen[c->order[i]]); /* (1) */
		seen[c->order[i]] = true;
	}
	free(seen);
}
#endif

/* ---- events -------------------------------------------------------------- */

static uint64_t address_of(const struct chase *c, uint32_t page)
{
	return CHASE_PAGES + (uint64_t)page * c->config.stride * PAGE_BYTES;
}

static struct event event_of(const struct chase *c, enum event_kind kind)
{
	return (struct event){ .kind = kind,
			       .place = c->place,
			       .cpu = CPU_ANY,
			       .domain = c->domain,
			       .call = NO_LABEL };
}

static struct op page_op(const struct chase *c, uint32_t page)
{
	return (struct op){ .line = c->place.line,
			    .column = c->place.column,
			    .as = NO_LABEL,
			    .label = NO_LABEL,
			    .at = address_of(c, page) };
}

static void next_mapping(struct chase *c)
{
	struct event *event = &c->event;

	*event = event_of(c, EVENT_map_page);
	event->page.size = MMU_4K;
	event->page.flags = PAGE_WRITABLE | PAGE_USER;
	event->ops = c->op;
	while (c->mapped < c->config.pages && event->nr_ops < OPS)
		c->op[event->nr_ops++] = page_op(c, c->mapped++);
}

/* A round at once if it is ascending. */
static void next_access(struct chase *c)
{
	bool whole = c->config.order == ASCENDING;
	struct event *event = &c->event;

	*event = event_of(c, version_kinds[c->config.driver]);
	event->access.at = address_of(c, whole ? 0 : c->order[c->at]);
	event->access.count = whole ? c->config.pages : 1;
	event->access.stride = (uint64_t)c->config.stride * PAGE_BYTES;
	event->access.user = true;
	if (!whole && ++c->at < c->config.pages)
		return;
	c->at = 0;
	c->round++;
}

static struct event *chase_next(void *instance)
{
	struct chase *c = instance;

	if (c->mapped < c->config.pages)
		next_mapping(c);
	else if (c->round < c->config.rounds)
		next_access(c);
	else
		return NULL;
	return &c->event;
}

/* ---- making -------------------------------------------------------------- */

static void chase_close(void *instance)
{
	struct chase *c = instance;

	free(c->order);
	free(c);
}

static bool chase_init(struct chase *c, const struct node *block,
		       const struct trace_header *header, struct diags *diags)
{
	c->config = (struct chase_config){ .stride = 1,
					   .rounds = 2,
					   .seed = header->seed };
	c->place = block->place;
	c->domain = header->domain[0].id;
	if (!node_read(block, block_fields, &c->config, diags))
		return false;
	c->order = calloc(c->config.pages, sizeof(*c->order));
	if (!c->order) {
		diag_error(diags, block->place, "out of memory");
		return false;
	}
	shuffle(c->order, c->config.pages, c->config.seed);
#ifdef ENABLE_CHECKS
	chase_check(c);
#endif
	return true;
}

static void *chase_open(const struct node *block,
			const struct trace_header *header, int32_t label,
			struct diags *diags)
{
	struct chase *c = calloc(1, sizeof(*c));

	(void)label;
	if (!c) {
		diag_error(diags, block->place, "out of memory");
		return NULL;
	}
	if (chase_init(c, block, header, diags))
		return c;
	chase_close(c);
	return NULL;
}

const struct driver driver_chase = {
	.name = "chase",
	.text = "pointer chase over pages: where the TLBs end",
	.versions = version_names,
	.open = chase_open,
	.next = chase_next,
	.close = chase_close,
};
