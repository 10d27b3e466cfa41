/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_profile.c - machine profiles: found, read, and with their sources. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/profile.h"
#include "sim/trace.h"
#include "tests/suite.h"
#include "tests/text_file.h"

static const struct place nowhere = { NULL, 0, 0 };

/* A directory of the source tree; until the next call. */
static const char *source_path(const char *path)
{
	static char text[4096];

	snprintf(text, sizeof(text), "%s/%s", getenv("top_srcdir"), path);
	return text;
}

START_TEST(profile_says_what_its_file_says)
{
	struct diags diags = { 0 };
	struct profile p;
	const struct mmu_profile *mmu = &p.mmu;

	ck_assert_int_eq(profile_load("small", &p, nowhere, &diags), 0);
	ck_assert_str_eq(p.title, "Two small caches");
	ck_assert_str_eq(mmu->name, "small");
	ck_assert_int_eq(mmu->vendor, MMU_INTEL);
	ck_assert_uint_eq(mmu->maxphyaddr, 40);
	ck_assert(mmu->page_1g && !mmu->pcid && !mmu->tlbs_off);
	ck_assert_uint_eq(mmu->nr_tlbs, 2);
	ck_assert_uint_eq(mmu->tlb[0].level, 1);
	ck_assert_uint_eq(mmu->tlb[0].sizes, 1u << MMU_4K);
	ck_assert_uint_eq(mmu->tlb[0].accesses,
			  1u << MMU_READ | 1u << MMU_WRITE);
	ck_assert_uint_eq(mmu->tlb[0].sets, 4);
	ck_assert_uint_eq(mmu->tlb[0].ways, 4);
	ck_assert_int_eq(mmu->tlb[0].replacement, MMU_TREE_PLRU);
	ck_assert(!mmu->tlb[0].infinite);
	ck_assert_uint_eq(mmu->tlb[0].fold, 2);
	ck_assert_uint_eq(mmu->tlb[1].sizes, 7);
	ck_assert_uint_eq(mmu->tlb[1].accesses, 7);
	ck_assert(mmu->tlb[1].infinite);
	ck_assert_uint_eq(mmu->psc[2], 3);
	ck_assert_uint_eq(mmu->psc[3], MMU_PSC_UNLIMITED);
	ck_assert_uint_eq(mmu->psc[5], 0);
	ck_assert_uint_eq(mmu->psc_shared, 1u << 3 | 1u << 4);
}
END_TEST

START_TEST(every_cost_has_its_own_place)
{
	struct diags diags = { 0 };
	struct profile p;
	const struct mmu_costs *c = &p.mmu.cost;
	const unsigned *cost[] = {
		&c->l1_hit,    &c->l2_hit,    &c->walk,	      &c->walk_load,
		&c->a_set,     &c->d_set,     &c->page_fault, &c->invlpg,
		&c->mov_cr3,   &c->flush_all, &c->ipi,	      &c->ipi_per_cpu,
		&c->hypercall,
	};

	ck_assert_int_eq(profile_load("small", &p, nowhere, &diags), 0);
	for (unsigned i = 0; i < sizeof(cost) / sizeof(cost[0]); i++)
		ck_assert_uint_eq(*cost[i], i);
}
END_TEST

static void note_fact(void *data, const struct profile_fact *fact)
{
	fprintf(data, "%s: %s (%s: %s)\n", fact->what, fact->value,
		fact->confidence, fact->source);
}

START_TEST(every_number_has_a_source_to_show)
{
	static const char want[] =
		"maxphyaddr: 40 bits (assumed: chosen for tests)\n"
		"page-1g: yes (unverified: chosen for tests, too)\n"
		"pcid: no (unverified: chosen for tests, too)\n"
		"L1 data 4K: 16 entries, 4 ways, tree-plru"
		", xor-2; level 1, read+write, 4K"
		" (derived: chosen for tests)\n"
		"second level: unlimited; level 2, read+write+fetch, 4K+2M+1G"
		" (architectural: a bound)\n"
		"PDE cache: 3 entries (assumed: small)\n"
		"PDPTE, PML4E cache: unlimited (architectural: a bound)\n"
		"l1-hit: 0 cycles (measured: cost)\n";
	struct diags diags = { 0 };
	struct profile p;
	size_t length;
	char *text;
	FILE *to = open_memstream(&text, &length);

	ck_assert_int_eq(
		profile_facts("small", &p, note_fact, to, nowhere, &diags), 0);
	fclose(to);
	ck_assert_int_eq(strncmp(text, want, strlen(want)), 0);
	ck_assert_ptr_nonnull(strstr(text, "hypercall: 12 cycles "
					   "(measured: cost)\n"));
	free(text);
}
END_TEST

/* ---- where profiles are ---------------------------------------------- */

static int load_shipped(void *data, const char *name, const char *path)
{
	struct diags diags = { 0 };
	struct profile profile;

	ck_assert_msg(profile_load(name, &profile, nowhere, &diags) == 0,
		      "%s: %s", path, diags.diag[0].text);
	ck_assert_str_eq(profile.mmu.name, name);
	++*(int *)data;
	return 0;
}

START_TEST(shipped_profiles_can_be_named_and_read)
{
	int count = 0;

	setenv("TLBSIM_MACHINES", source_path("workloads/machines"), 1);
	ck_assert_int_eq(profile_each(load_shipped, &count), 0);
	ck_assert_int_ge(count, 14);
}
END_TEST

static int join_name(void *data, const char *name, const char *path)
{
	ck_assert_ptr_nonnull(strstr(path, name));
	strcat(data, name);
	strcat(data, " ");
	return strcmp(name, "stop") == 0 ? 7 : 0;
}

static void put_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

/* Enter a new directory with @files, empty ones. */
static void enter_directory(const char *const *files)
{
	static char path[] = "/tmp/check_profile.XXXXXX";

	ck_assert_ptr_nonnull(mkdtemp(path));
	ck_assert_int_eq(chdir(path), 0);
	setenv("TLBSIM_MACHINES", path, 1);
	for (; *files; files++)
		put_file(*files, "");
}

static void leave_directory(void)
{
	char command[200];

	snprintf(command, sizeof(command), "rm -r '%s'",
		 getenv("TLBSIM_MACHINES"));
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(system(command), 0);
}

START_TEST(profiles_are_listed_by_name_until_told_to_stop)
{
	static const char *const files[] = { "c.yaml",	  "a.yaml", "stop.yaml",
					     "z.yaml",	  ".yaml",  "b.txt",
					     "b.yaml.gz", NULL };
	char names[4096] = "";

	enter_directory(files);
	ck_assert_int_eq(profile_each(join_name, names), 7);
	ck_assert_msg(strncmp(names, "a ", 2) == 0, "%s", names);
	ck_assert_ptr_nonnull(strstr(names, " c "));
	ck_assert_ptr_nonnull(strstr(names, " stop "));
	ck_assert_ptr_null(strstr(names, " z "));
	leave_directory();
}
END_TEST

/* tests/machines/small.yaml under another name and with @bits. */
static void put_variant(const char *path, const char *bits)
{
	FILE *from = fopen(source_path("tests/machines/small.yaml"), "r");
	FILE *to = fopen(path, "w");
	char line[256], *at;

	ck_assert(from && to);
	while (fgets(line, sizeof(line), from)) {
		at = strstr(line, "bits: 40");
		if (at)
			memcpy(at + 6, bits, 2);
		fputs(line, to);
	}
	fclose(from);
	fclose(to);
}

START_TEST(environment_comes_before_the_source_tree)
{
	static const char *const none[] = { NULL };
	struct diags diags = { 0 };
	struct profile profile;

	enter_directory(none);
	put_variant("ivybridge-ep.yaml", "37");
	ck_assert_int_eq(
		profile_load("ivybridge-ep", &profile, nowhere, &diags), 0);
	ck_assert_uint_eq(profile.mmu.maxphyaddr, 37);
	leave_directory();
}
END_TEST

/* A file is named relative to the file that names it. */
START_TEST(file_is_sought_beside_the_trace)
{
	static const char *const none[] = { NULL };
	char path[256];
	struct diags diags = { 0 };
	struct trace *trace;

	enter_directory(none);
	ck_assert_int_eq(mkdir("deep", 0700), 0);
	put_variant("deep/own.yaml", "41");
	put_file("deep/trace.yaml", "tlbsim: 1\nmachine: own.yaml\n");
	put_file("deep/other.yaml", "tlbsim: 1\nmachine: ./own.yaml\n");
	ck_assert_int_eq(trace_open(&trace, "deep/trace.yaml", NULL, 0, &diags),
			 0);
	ck_assert_uint_eq(trace_header(trace)->profile.mmu.maxphyaddr, 41);
	trace_close(trace);
	snprintf(path, sizeof(path), "%s/deep/other.yaml",
		 getenv("TLBSIM_MACHINES"));
	ck_assert_int_eq(trace_open(&trace, path, NULL, 0, &diags), 0);
	trace_close(trace);
	/* but on the command line, to the current directory */
	ck_assert_int_eq(trace_open(&trace, path, "own.yaml", 0, &diags),
			 -EBADMSG);
	ck_assert_int_eq(trace_open(&trace, path, "deep/own.yaml", 0, &diags),
			 0);
	trace_close(trace);
	leave_directory();
}
END_TEST

START_TEST(errors_of_a_profile_are_placed_in_its_file)
{
	static const char *const none[] = { NULL };
	struct diags diags = { 0 };
	struct profile profile;

	enter_directory(none);
	put_variant("wrong.yaml", "99");
	ck_assert_int_eq(
		profile_load("./wrong.yaml", &profile, nowhere, &diags),
		-EBADMSG);
	ck_assert_uint_eq(diags.count, 1);
	ck_assert_str_eq(diags.diag[0].file, "./wrong.yaml");
	ck_assert_uint_eq(diags.diag[0].line, 5);
	leave_directory();
}
END_TEST

START_TEST(name_of_a_file_that_is_too_long_is_refused)
{
	struct diags diags = { 0 };
	struct profile profile;
	char name[5000];

	memset(name, 'x', sizeof(name));
	strcpy(name + sizeof(name) - 6, ".yaml");
	ck_assert_int_eq(profile_load(name, &profile, nowhere, &diags),
			 -EBADMSG);
	ck_assert_str_eq(diags.diag[0].text, "the name of a file is too long");
}
END_TEST

/* The header's quirks, and what remains of the profile's. */
static const struct {
	const char *header;
	unsigned quirks;
} quirk_rows[] = {
	{ "", QUIRK(STRAY_A) },
	{ "quirks: []\n", 0 },
	{ "quirks: [late-a]\n", QUIRK(LATE_A) },
	{ "quirks: [late-a, stray-a]\n", QUIRK(LATE_A) | QUIRK(STRAY_A) },
};

START_TEST(quirks_of_a_header_stand_instead_of_the_profiles)
{
	static const char machine[] =
		"machine:\n"
		"  name: inline\n  title: none\n  vendor: amd\n"
		"  maxphyaddr: {bits: 52, source: s, confidence: assumed}\n"
		"  features: {page-1g: false, pcid: true, source: s,"
		" confidence: assumed}\n"
		"  quirks: [{name: stray-a, source: s,"
		" confidence: assumed}]\n"
		"  tlbs: []\n  costs:\n"
#define COST(name) "    " name ": {cycles: 1, source: s, confidence: assumed}\n"
		COST("l1-hit") COST("l2-hit") COST("walk") COST("walk-load")
			COST("a-set") COST("d-set") COST("page-fault")
				COST("invlpg") COST("mov-cr3") COST("flush-all")
					COST("ipi") COST("ipi-per-cpu")
						COST("hypercall");
#undef COST
	struct text_file file;
	struct diags diags = { 0 };
	struct trace *trace;
	const struct mmu_profile *mmu;
	char text[4096];

	snprintf(text, sizeof(text), "tlbsim: 1\n%s%s", quirk_rows[_i].header,
		 machine);
	file = text_file(text);
	ck_assert_int_eq(trace_open(&trace, file.path, NULL, 0, &diags), 0);
	mmu = &trace_header(trace)->profile.mmu;
	ck_assert(mmu->tlbs_off);
	ck_assert_uint_eq(mmu->quirks, quirk_rows[_i].quirks);
	ck_assert(mmu->pcid && !mmu->page_1g);
	ck_assert_int_eq(mmu->vendor, MMU_AMD);
	ck_assert_uint_eq(mmu->nr_tlbs, 0);
	trace_close(trace);
	text_file_close(&file);
}
END_TEST

static void add(TCase *tc)
{
	setenv("TLBSIM_MACHINES", source_path("tests/machines"), 1);
	tcase_add_test(tc, profile_says_what_its_file_says);
	tcase_add_test(tc, every_cost_has_its_own_place);
	tcase_add_test(tc, every_number_has_a_source_to_show);
	tcase_add_test(tc, shipped_profiles_can_be_named_and_read);
	tcase_add_test(tc, profiles_are_listed_by_name_until_told_to_stop);
	tcase_add_test(tc, environment_comes_before_the_source_tree);
	tcase_add_test(tc, file_is_sought_beside_the_trace);
	tcase_add_test(tc, errors_of_a_profile_are_placed_in_its_file);
	tcase_add_test(tc, name_of_a_file_that_is_too_long_is_refused);
	tcase_add_loop_test(tc,
			    quirks_of_a_header_stand_instead_of_the_profiles, 0,
			    ROWS(quirk_rows));
}

int main(void)
{
	return run_suite("profile", add);
}
