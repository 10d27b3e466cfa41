/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_mmu_replace.c - which way is given up, against naive models: a set
 * that remembers when each page was used, a tree of flags.
 */
#include "config.h"

#include <stdlib.h>

#include "tests/check_mmu.h"

/* A set that remembers when each page was used, or a tree of flags. */
struct model {
	unsigned sets, ways;
	enum mmu_replacement replacement;
	uint64_t *page; /* + 1; 0 is empty */
	uint64_t *used;
	bool *right; /* of node n of each set: go right */
	uint64_t now;
};

static struct model model_make(unsigned sets, unsigned ways,
			       enum mmu_replacement replacement)
{
	struct model model = { sets, ways, replacement, NULL, NULL, NULL, 0 };

	model.page = calloc(sets * ways, sizeof(*model.page));
	model.used = calloc(sets * ways, sizeof(*model.used));
	model.right = calloc(sets * 2 * ways, sizeof(*model.right));
	ck_assert(model.page && model.used && model.right);
	return model;
}

static void model_free(struct model *model)
{
	free(model->page);
	free(model->used);
	free(model->right);
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

static unsigned model_victim(const struct model *model, unsigned set)
{
	for (unsigned way = 0; way < model->ways; way++)
		if (!model->page[set * model->ways + way])
			return way;
	switch (model->replacement) {
	case MMU_LRU:
		return model_oldest(model, set);
	case MMU_TREE_PLRU:
		return model_tree(model->right + set * 2 * model->ways, 0, 0,
				  model->ways, NULL);
	}
	return 0;
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
	if (!hit)
		way = model_victim(model, set);
	model->page[set * model->ways + way] = page + 1;
	model->used[set * model->ways + way] = ++model->now;
	if (model->replacement == MMU_TREE_PLRU)
		model_tree(model->right + set * 2 * model->ways, 0, 0,
			   model->ways, &way);
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
	{ 2, 64, MMU_TREE_PLRU },
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

static void add(TCase *tc)
{
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, replacement_is_that_of_a_naive_model, 0,
			    ROWS(model_rows));
	tcase_add_test(tc, tree_plru_gives_up_what_its_bits_point_to);
}

int main(void)
{
	return run_suite("mmu replace", add);
}
