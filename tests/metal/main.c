/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * main.c - the host's side: prepare the image, compare what it sent.
 *
 *   metal prepare IMAGE SEED CASES   write the parameters into IMAGE; CASES
 *                                    is about how many, or "all"
 *   metal compare NAME=FILE...       exit status 1 if anything disagrees in a
 *                                    way that known.c does not list
 *
 * Every case must agree with one reference at least, if there are two.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/metal/compare.h"
#include "tests/metal/describe.h"
#include "tests/metal/model.h"

#define MAX_REFERENCES 8
#define ALL_RANDOM 300000 /* random cases, when all are asked for */

/* ---- prepare ------------------------------------------------------------ */

/* How many cases the product has, with no random ones after it. */
static uint64_t count_product(struct metal_space space)
{
	const struct metal_machine machine = { .maxphyaddr = 40 };
	struct metal_cursor at;
	struct metal_case c;
	uint64_t n = 0;

	space.fuzz = 0;
	metal_first(&at, &space, machine);
	while (metal_next(&at, &c))
		n++;
	return n;
}

/* One half of the product, if that has as many, one half random. */
static void choose(struct metal_space *space, uint64_t cases)
{
	uint64_t product = count_product(*space);

	space->one_in = (2 * product + cases - 1) / cases;
	product = count_product(*space);
	space->fuzz = cases > product ? cases - product : 0;
}

static int write_params(const char *image, const struct metal_params *params)
{
	FILE *out = fopen(image, "r+b");
	int err = 0;

	if (!out)
		return -errno;
	if (fseek(out, METAL_PARAMS_OFFSET, SEEK_SET) ||
	    fwrite(params, sizeof(*params), 1, out) != 1)
		err = -EIO;
	if (fclose(out))
		err = -EIO;
	return err;
}

static bool is_number(const char *text, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 10);
	return *text >= '0' && *text <= '9' && !*end && !errno;
}

static int prepare(char *argv[])
{
	struct metal_params params = {
		.magic = METAL_MAGIC,
		.space = { .one_in = 1,
			   .fuzz = ALL_RANDOM,
			   .features = model_features() },
	};
	uint64_t cases;
	int err;

	if (!is_number(argv[1], &params.space.seed)) {
		fprintf(stderr, "metal: seed '%s' is not a number\n", argv[1]);
		return 2;
	}
	if (is_number(argv[2], &cases) && cases) {
		choose(&params.space, cases);
	} else if (strcmp(argv[2], "all")) {
		fprintf(stderr, "metal: '%s' cases: a number, or 'all'\n",
			argv[2]);
		return 2;
	}
	err = write_params(argv[0], &params);
	if (err)
		fprintf(stderr, "metal: cannot write to '%s': %s\n", argv[0],
			strerror(-err));
	return err ? 1 : 0;
}

/* ---- compare ------------------------------------------------------------ */

static void report_rows(const struct metal_tally *tally,
			enum metal_verdict verdict)
{
	for (unsigned i = 0; i < metal_nr_known(); i++) {
		const struct metal_known *row = metal_known(i);

		if (tally->by_row[i] && row->verdict == verdict)
			printf("           %8" PRIu64 " %s (SDM \"%s\")\n",
			       tally->by_row[i], row->what, row->section);
	}
}

static void report(const struct reference *r, const struct metal_tally *tally)
{
	printf("%s: %.12s, signature %#" PRIx32 ", MAXPHYADDR %" PRIu32
	       ", hypervisor '%.12s'\n",
	       r->name, r->header.vendor, r->header.signature,
	       r->header.machine.maxphyaddr, r->header.hypervisor);
	printf("  %8" PRIu64 " cases, in %" PRIu64
	       " of which the model lets the access through\n",
	       r->cases, tally->done);
	printf("  %8" PRIu64 " are the same\n", tally->same);
	printf("  %8" PRIu64 " differ as the manual permits\n",
	       tally->permitted);
	report_rows(tally, METAL_BOTH_PERMITTED);
	printf("  %8" PRIu64 " differ because the reference is wrong\n",
	       tally->wrong);
	report_rows(tally, METAL_REFERENCE_IS_WRONG);
	printf("  %8" PRIu64 " differ in unknown ways\n", tally->unknown);
	if (tally->skipped)
		printf("  %8" PRIu64 " need what this machine has not\n",
		       tally->skipped);
	printf("  %8" PRIu64 " accesses of sequences: %" PRIu64
	       " served old where they may be, %" PRIu64 " known wrong\n",
	       r->observations, tally->old, tally->wrong_sights);
}

/* Where a machine stopped, as far as that can be told. */
static void tell_last(const struct reference *r)
{
	struct metal_cursor at;
	struct metal_case c;

	if (memcmp(r->header.magic, METAL_MAGIC, sizeof(r->header.magic)))
		return;
	metal_first(&at, &r->header.space, r->header.machine);
	for (uint64_t n = 0; n <= r->received; n++)
		if (!metal_next(&at, &c))
			return;
	printf("%s: sent about %" PRIu64 " results; the next case was: ",
	       r->name, r->received);
	describe_case(stdout, &c);
}

static bool read_reference(struct reference *r, char *arg)
{
	char *file = strchr(arg, '=');
	int err;

	if (!file) {
		fprintf(stderr, "metal: '%s' is not NAME=FILE\n", arg);
		return false;
	}
	*file++ = '\0';
	err = reference_read(r, arg, file);
	if (!err)
		return true;
	fprintf(stderr, "metal: %s: cannot use '%s': %s\n", arg, file,
		err == -EPROTO ? "it ends too early" : strerror(-err));
	tell_last(r);
	return false;
}

/* References whose names begin alike are one program: qemu-tcg-no-1g. */
static unsigned program_of(const struct reference r[], unsigned number)
{
	size_t length = strcspn(r[number].name, "-");

	for (unsigned i = 0; i < number; i++)
		if (strcspn(r[i].name, "-") == length &&
		    !memcmp(r[i].name, r[number].name, length))
			return i;
	return number;
}

struct disagreed {
	uint64_t forsaken; /* several programs, none agreed */
	uint64_t alone;	   /* one, which cannot decide */
};

static struct disagreed count_disagreed(const uint16_t *said, uint64_t cases)
{
	struct disagreed n = { 0 };

	for (uint64_t i = 0; i < cases; i++) {
		uint16_t programs = said[i];

		if (!programs || (programs & METAL_AGREED))
			continue;
		if (programs & (programs - 1))
			n.forsaken++;
		else
			n.alone++;
	}
	return n;
}

static bool compare_all(const struct reference r[], unsigned n, uint16_t *said)
{
	struct disagreed none;
	bool good = true;

	for (unsigned i = 0; i < n; i++) {
		struct metal_tally tally;

		if (r[i].cases != r[0].cases ||
		    memcmp(&r[i].header.space, &r[0].header.space,
			   sizeof(r[0].header.space))) {
			printf("%s: performed other cases\n", r[i].name);
			return false;
		}
		good = metal_compare(&r[i], program_of(r, i), &tally, said) &&
		       good;
		report(&r[i], &tally);
	}
	none = count_disagreed(said, r[0].cases);
	printf("%" PRIu64 " of %" PRIu64 " cases agree with no reference\n",
	       none.forsaken, r[0].cases);
	if (none.alone)
		printf("%" PRIu64 " more are known wrong in the only program "
		       "that performs them, which cannot decide\n",
		       none.alone);
	return good && !none.forsaken;
}

static int compare(int argc, char *argv[])
{
	struct reference r[MAX_REFERENCES] = { 0 };
	uint16_t *said = NULL;
	bool good = true;

	for (int i = 0; i < argc; i++)
		good = read_reference(&r[i], argv[i]) && good;
	if (good) {
		said = calloc(r[0].cases + 1, sizeof(*said));
		good = said && compare_all(r, argc, said);
	}
	free(said);
	for (int i = 0; i < argc; i++)
		reference_free(&r[i]);
	return good ? 0 : 1;
}

int main(int argc, char *argv[])
{
	if (argc == 5 && !strcmp(argv[1], "prepare"))
		return prepare(argv + 2);
	if (argc >= 3 && argc - 2 <= MAX_REFERENCES &&
	    !strcmp(argv[1], "compare"))
		return compare(argc - 2, argv + 2);
	fprintf(stderr, "usage: metal prepare IMAGE SEED CASES\n"
			"       metal compare NAME=FILE...\n");
	return 2;
}
