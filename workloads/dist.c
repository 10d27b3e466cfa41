/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dist.c - seeded random numbers, and distributions to draw from.
 *
 *     [{value: 1, weight: 3}, {value: 8, weight: 1}]
 *
 *     upto[]  3, 4     a number below 4: 0 1 2 give 1, 3 gives 8
 *
 * Source of the generator: Steele, Lea and Flood, "Fast Splittable
 * Pseudorandom Number Generators", OOPSLA 2014 (SplitMix64).
 */
#include "config.h"

#include "workloads/dist.h"

#define WEIGHT_MAX 1000000

uint64_t rng_next(struct rng *rng)
{
	uint64_t z = rng->state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

uint32_t rng_below(struct rng *rng, uint32_t below)
{
	return (uint32_t)(((rng_next(rng) >> 32) * below) >> 32);
}

bool rng_chance(struct rng *rng, double share)
{
	return (double)(rng_next(rng) >> 32) < share * 4294967296.0;
}

struct dist dist_of(uint64_t value)
{
	return (struct dist){ .count = 1, .value = { value }, .upto = { 1 } };
}

uint64_t dist_draw(const struct dist *dist, struct rng *rng)
{
	uint32_t drawn, i = 0;

	if (dist->count == 1)
		return dist->value[0];
	drawn = rng_below(rng, dist->upto[dist->count - 1]);
	while (drawn >= dist->upto[i])
		i++;
	return dist->value[i];
}

/* One {value, weight} of a list. */
struct choice {
	const struct node *value;
	uint64_t weight;
};

static const struct field choice_fields[] = {
	{ .name = "value",
	  .type = FIELD_NODE,
	  .required = true,
	  .offset = offsetof(struct choice, value) },
	{ .name = "weight",
	  .type = FIELD_U64,
	  .min = 1,
	  .max = WEIGHT_MAX,
	  .offset = offsetof(struct choice, weight) },
	{ NULL },
};

static bool dist_add(struct dist *dist, const struct choice *choice,
		     dist_value *read, void *arg, struct diags *diags)
{
	uint32_t before = dist->count ? dist->upto[dist->count - 1] : 0;
	uint32_t i = dist->count++;

	dist->upto[i] = before + (uint32_t)choice->weight;
	return read(arg, choice->value, &dist->value[i], diags);
}

static bool is_list_of_choices(const struct node *node)
{
	return node->kind == NODE_SEQUENCE && node->count &&
	       node->first->kind == NODE_MAPPING;
}

bool dist_read(const struct node *node, struct dist *dist, dist_value *read,
	       void *arg, struct diags *diags)
{
	const struct node *item;
	bool good = true;

	dist->count = 0;
	if (!is_list_of_choices(node)) {
		struct choice only = { node, 1 };

		return dist_add(dist, &only, read, arg, diags);
	}
	if (node->count > DIST_MAX) {
		diag_error(diags, node->place, "more than %d values to draw",
			   DIST_MAX);
		return false;
	}
	for (item = node->first; item; item = item->next) {
		struct choice choice = { .weight = 1 };

		good = node_read(item, choice_fields, &choice, diags) &&
		       dist_add(dist, &choice, read, arg, diags) && good;
	}
	return good;
}

bool dist_time(void *arg, const struct node *node, uint64_t *value,
	       struct diags *diags)
{
	(void)arg;
	return node_time(node, value, diags);
}
