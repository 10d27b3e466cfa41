/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_replace.c - which way is given up, against naive models: a set
 * that remembers when each page was used or came, trees of flags.  Of random
 * choices there is no model but their frequency.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "mmu/replace.h"
#include "tests/check_mmu.h"

#define FRAME 0x1000000ull

struct model {
	unsigned sets, ways;
	enum mmu_replacement replacement;
	uint64_t *page;	 /* + 1; 0 is empty */
	uint64_t *used;	 /* or came, for FIFO */
	bool *right;	 /* of node n of each tree: go right */
	unsigned *group; /* of each set: used last */
	uint64_t now;
};

static struct model model_make(unsigned sets, unsigned ways,
			       enum mmu_replacement replacement)
{
	struct model model = { sets, ways, replacement, NULL,
			       NULL, NULL, NULL,	0 };

	model.page = calloc(sets * ways, sizeof(*model.page));
	model.used = calloc(sets * ways, sizeof(*model.used));
	model.right = calloc(sets * 2 * ways, sizeof(*model.right));
	model.group = calloc(sets, sizeof(*model.group));
	ck_assert(model.page && model.used && model.right && model.group);
	return model;
}

static void model_free(struct model *model)
{
	free(model->page);
	free(model->used);
	free(model->right);
	free(model->group);
}

static unsigned model_oldest(const struct model *model, unsigned set)
{
	unsigned oldest = 0;

	for (unsigned way = 0; way < model->ways; way++)
		if (model->used[set * model->ways + way] <
		    model->used[set * model->ways + oldest])
			oldest = way;
	return oldest;
}

/* The tree over ways [first, first + count), root at @node: both follow and,
 * if @away from @way, point each node to the other half. */
static unsigned model_tree(bool *right, unsigned node, unsigned first,
			   unsigned count, const unsigned *away_from)
{
	unsigned half = count / 2;
	bool go_right = right[node];

	if (count == 1)
		return first;
	if (away_from) {
		go_right = *away_from >= first + half;
		right[node] = !go_right;
	}
	return model_tree(right, go_right ? 2 * node + 2 : 2 * node + 1,
			  go_right ? first + half : first, half, away_from);
}

static bool *model_trees(const struct model *model, unsigned set)
{
	return model->right + (size_t)set * 2 * model->ways;
}

/* "The victim group is the most recently used one + 1 modulo 3, inside the
 * group it is 4-way tree-PLRU." */
static unsigned model_group_victim(const struct model *model, unsigned set)
{
	unsigned group = (model->group[set] + 1) % 3;

	return 4 * group +
	       model_tree(model_trees(model, set) + 8 * group, 0, 0, 4, NULL);
}

static unsigned model_victim(const struct model *model, unsigned set)
{
	for (unsigned way = 0; way < model->ways; way++)
		if (!model->page[set * model->ways + way])
			return way;
	switch (model->replacement) {
	case MMU_LRU:
	case MMU_FIFO:
		return model_oldest(model, set);
	case MMU_TREE_PLRU:
		return model_tree(model_trees(model, set), 0, 0, model->ways,
				  NULL);
	case MMU_MRU_PLRU:
		return model_group_victim(model, set);
	case MMU_RANDOM:
		break;
	}
	ck_abort_msg("no model");
	return 0;
}

static void model_touch(struct model *model, unsigned set, unsigned way)
{
	unsigned in_group = way % 4;

	switch (model->replacement) {
	case MMU_LRU:
		model->used[set * model->ways + way] = ++model->now;
		break;
	case MMU_TREE_PLRU:
		model_tree(model_trees(model, set), 0, 0, model->ways, &way);
		break;
	case MMU_MRU_PLRU:
		model->group[set] = way / 4;
		model_tree(model_trees(model, set) + way / 4 * 8, 0, 0, 4,
			   &in_group);
		break;
	case MMU_RANDOM:
	case MMU_FIFO:
		break;
	}
}

/* Use @page; true if it was there. */
static bool model_use(struct model *model, uint64_t page)
{
	unsigned set = page % model->sets;
	unsigned way = 0;
	bool hit;

	while (way < model->ways &&
	       model->page[set * model->ways + way] != page + 1)
		way++;
	hit = way < model->ways;
	if (!hit) {
		way = model_victim(model, set);
		model->page[set * model->ways + way] = page + 1;
		model->used[set * model->ways + way] = ++model->now;
	}
	model_touch(model, set, way);
	return hit;
}

static const struct {
	unsigned sets, ways;
	enum mmu_replacement replacement;
} model_rows[] = {
	{ 1, 1, MMU_LRU },	  { 1, 3, MMU_LRU },
	{ 16, 4, MMU_LRU },	  { 1, 96, MMU_LRU },
	{ 2, 128, MMU_LRU },	  { 8, 12, MMU_LRU },
	{ 1, 1, MMU_TREE_PLRU },  { 1, 2, MMU_TREE_PLRU },
	{ 16, 4, MMU_TREE_PLRU }, { 16, 8, MMU_TREE_PLRU },
	{ 2, 64, MMU_TREE_PLRU }, { 1, 12, MMU_MRU_PLRU },
	{ 16, 12, MMU_MRU_PLRU }, { 1, 1, MMU_FIFO },
	{ 1, 3, MMU_FIFO },	  { 16, 4, MMU_FIFO },
	{ 1, 128, MMU_FIFO },
};

/* The same references to both: each must hit or miss in both. */
START_TEST(replacement_is_that_of_a_naive_model)
{
	unsigned sets = model_rows[_i].sets, ways = model_rows[_i].ways;
	unsigned pages = 2 * sets * ways;
	struct mmu_profile profile = profile_bare();
	struct model model = model_make(sets, ways, model_rows[_i].replacement);
	struct machine m;
	uint64_t random = 88172645463325252ull;

	profile_add(&profile, 1, ONLY_4K, DATA, sets, ways,
		    model_rows[_i].replacement);
	m = machine_with_pages(profile, pages, 1);
	for (unsigned i = 0; i < 20000; i++) {
		uint64_t page;

		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		/* A quarter of the pages take three quarters of it. */
		page = random >> 32 & 3 ? (random & 0xffff) % (pages / 4 + 1)
					: (random & 0xffff) % pages;
		ck_assert_msg(machine_was_cached(&m, 0, page * PAGE) ==
				      model_use(&model, page),
			      "reference %u, page %u", i, (unsigned)page);
	}
	machine_free(&m);
	model_free(&model);
}
END_TEST

/* The tree of four ways, by its definition: after 0 1 2 3 the root points
 * left and its left child to way 0; using 0 turns both. */
START_TEST(tree_plru_gives_up_what_its_bits_point_to)
{
	static const unsigned used[] = { 0, 1, 2, 3, 0, 4 };
	struct mmu_profile profile = profile_bare();
	struct machine m;

	profile_add(&profile, 1, ONLY_4K, DATA, 1, 4, MMU_TREE_PLRU);
	m = machine_with_pages(profile, 5, 1);
	for (int i = 0; i < ROWS(used); i++)
		machine_read(&m, used[i] * PAGE);
	/* LRU would have given up 1. */
	ck_assert(!machine_was_cached(&m, 0, 2 * PAGE));
	machine_free(&m);
}
END_TEST

/* As tree_plru_gives_up_what_its_bits_point_to(), for three trees: after 12
 * pages the youngest is in the last group, so that the first group loses its
 * oldest; then the second one, by turns. */
START_TEST(mru_plru_goes_round_its_groups)
{
	static const unsigned gone[] = { 0, 4, 8, 2, 6, 10, 1, 5, 9 };
	uint8_t state[16];

	ck_assert_uint_le(replace_state_size(MMU_MRU_PLRU, 12), sizeof(state));
	replace_reset(MMU_MRU_PLRU, state, 12, 0);
	for (unsigned way = 0; way < 12; way++)
		replace_filled(MMU_MRU_PLRU, state, 12, way);
	for (int i = 0; i < ROWS(gone); i++) {
		unsigned way = replace_victim(MMU_MRU_PLRU, state, 12);

		ck_assert_msg(way == gone[i], "%d: %u", i, way);
		replace_filled(MMU_MRU_PLRU, state, 12, way);
	}
}
END_TEST

START_TEST(fifo_takes_no_notice_of_hits)
{
	static const unsigned used[] = { 0, 1, 2, 0, 0, 3 };
	struct mmu_profile profile = profile_bare();
	struct machine m;

	profile_add(&profile, 1, ONLY_4K, DATA, 1, 3, MMU_FIFO);
	m = machine_with_pages(profile, 4, 1);
	for (int i = 0; i < ROWS(used); i++)
		machine_read(&m, used[i] * PAGE);
	/* LRU would have given up 1. */
	ck_assert(machine_was_cached(&m, 0, 1 * PAGE));
	ck_assert(!machine_was_cached(&m, 0, 0));
	machine_free(&m);
}
END_TEST

/* ---- random -------------------------------------------------------------- */

static const unsigned random_ways[] = { 1, 2, 3, 12, 16, 96, 128 };

#define CHOICES 100000u

/* The standard deviation of a count is below sqrt(CHOICES / ways). */
START_TEST(random_gives_up_every_way_alike)
{
	unsigned ways = random_ways[_i], mean = CHOICES / ways;
	unsigned count[MMU_TLB_MAX_WAYS] = { 0 };
	uint8_t state[16];

	replace_reset(MMU_RANDOM, state, ways, 1);
	for (unsigned i = 0; i < CHOICES; i++) {
		unsigned way = replace_victim(MMU_RANDOM, state, ways);

		ck_assert_uint_lt(way, ways);
		count[way]++;
		replace_filled(MMU_RANDOM, state, ways, way);
	}
	for (unsigned way = 0; way < ways; way++) {
		int64_t off = (int64_t)count[way] - mean;

		ck_assert_msg(off * off <= 25 * (int64_t)mean,
			      "way %u of %u: %u times", way, ways, count[way]);
	}
}
END_TEST

/* Hits and misses of a circle through a cache that is too small. */
static void note_misses(uint64_t seed, unsigned cpu, bool missed[400])
{
	struct mmu_profile profile = profile_bare();
	struct machine m;

	profile_add(&profile, 1, ONLY_4K, DATA, 2, 8, MMU_RANDOM);
	m = machine_make_seeded(profile, 2, seed);
	for (unsigned i = 0; i < 20; i++)
		machine_map(&m, i * PAGE, FRAME | KERNEL_RW);
	for (unsigned i = 0; i < 400; i++)
		missed[i] = !machine_was_cached(&m, cpu, i % 20 * PAGE);
	machine_free(&m);
}

START_TEST(random_choices_follow_from_the_seed)
{
	bool once[400], again[400], other[400], second_cpu[400];

	note_misses(1, 0, once);
	note_misses(1, 0, again);
	note_misses(2, 0, other);
	note_misses(1, 1, second_cpu);
	ck_assert(!memcmp(once, again, sizeof(once)));
	ck_assert(memcmp(once, other, sizeof(once)));
	ck_assert(memcmp(once, second_cpu, sizeof(once)));
}
END_TEST

static void add(TCase *tc)
{
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, replacement_is_that_of_a_naive_model, 0,
			    ROWS(model_rows));
	tcase_add_test(tc, tree_plru_gives_up_what_its_bits_point_to);
	tcase_add_test(tc, mru_plru_goes_round_its_groups);
	tcase_add_test(tc, fifo_takes_no_notice_of_hits);
	tcase_add_loop_test(tc, random_gives_up_every_way_alike, 0,
			    ROWS(random_ways));
	tcase_add_test(tc, random_choices_follow_from_the_seed);
}

int main(void)
{
	return run_suite("mmu replace", add);
}
